/** hypervisor.io.ide-command, hypervisor.io.nic: drivers written register by register; what they move, and what the devices refuse. */
import { describe, expect, it } from "vitest";
import { advance, board, nextDue, plug, portIn, portOut } from "./board";
import { imageFromText, readSector } from "./disk-image";
import { IDE, IDE_COMMAND, IDE_IRQ, ideModel, ideState } from "./ide";
import { NIC, NIC_IRQ, nicModel, nicState } from "./nic";

const TEXT = Array.from({ length: 64 }, (_, sector) => `sector ${sector} `.padEnd(512, String.fromCharCode(65 + (sector % 26)))).join("");

function disk() {
  const state = ideState(imageFromText(64, TEXT), 1000);
  return { state, of: board(1 << 20, [plug(ideModel, state)]) };
}
type Of = ReturnType<typeof disk>["of"];

function taskFile(of: Of, sector: number, count: number): void {
  portOut(of, IDE.device, 1, 0xe0);
  portOut(of, IDE.count, 1, count);
  portOut(of, IDE.low, 1, sector & 0xff);
  portOut(of, IDE.middle, 1, (sector >> 8) & 0xff);
  portOut(of, IDE.high, 1, (sector >> 16) & 0xff);
}
function regions(of: Of, at: number, parts: readonly (readonly [number, number])[]): void {
  const view = new DataView(of.memory.buffer);
  for (const [index, [address, size]] of parts.entries()) {
    view.setUint32(at + index * 8, address, true);
    view.setUint32(at + index * 8 + 4, (size & 0xffff) + (index === parts.length - 1 ? 0x8000_0000 : 0), true);
  }
}
const text = (of: Of, at: number, size: number) => String.fromCharCode(...of.memory.subarray(at, at + size));

describe("the IDE disk", () => {
  it("reads by DMA: eight writes, only the last starts it; three accesses clean up", () => {
    const { of, state } = disk();
    regions(of, 0x1000, [
      [0x2000, 1024],
      [0x8000, 3072],
    ]);
    taskFile(of, 9, 8);
    portOut(of, IDE.busTable, 4, 0x1000);
    portOut(of, IDE.command, 1, IDE_COMMAND.readDma);
    expect(nextDue(of)).toBe(Number.MAX_SAFE_INTEGER);
    portOut(of, IDE.busCommand, 1, 0x09);
    expect(nextDue(of)).toBe(1000);
    advance(of, 999);
    expect(of.raised.has(IDE_IRQ)).toBe(false);
    advance(of, 1000);
    expect(of.raised.has(IDE_IRQ)).toBe(true);
    expect(text(of, 0x2000, 1024) + text(of, 0x8000, 3072)).toBe(TEXT.slice(9 * 512, 17 * 512));
    expect(portIn(of, IDE.command, 1)).toBe(0x40);
    portOut(of, IDE.busCommand, 1, 0);
    portOut(of, IDE.busStatus, 1, 0x04);
    expect([of.raised.has(IDE_IRQ), state.busStatus, state.completed, of.edges.get(IDE_IRQ)]).toEqual([false, 0, 1, 1]);
  });
  it("reads by the word: one interrupt and 256 reads a sector", () => {
    const { of, state } = disk();
    taskFile(of, 3, 2);
    portOut(of, IDE.command, 1, IDE_COMMAND.read);
    let got = "";
    for (let sector = 0; sector < 2; sector++) {
      advance(of, nextDue(of));
      expect(portIn(of, IDE.command, 1)).toBe(0x48);
      for (let word = 0; word < 256; word++) {
        const value = portIn(of, IDE.data, 2);
        got += String.fromCharCode(value & 0xff, value >> 8);
      }
    }
    expect(got).toBe(TEXT.slice(3 * 512, 5 * 512));
    expect([state.completed, of.edges.get(IDE_IRQ), portIn(of, IDE.command, 1)]).toEqual([1, 2, 0x40]);
  });
  it("writes, by word and by DMA, over a base that stays as it was", () => {
    const { of, state } = disk();
    taskFile(of, 5, 1);
    portOut(of, IDE.command, 1, IDE_COMMAND.write);
    for (let word = 0; word < 256; word++) portOut(of, IDE.data, 2, 0x4241);
    advance(of, nextDue(of));
    expect(readSector(state.image, 5)).toBe("AB".repeat(256));
    of.memory.fill(0x43, 0x3000, 0x3200);
    regions(of, 0x1000, [[0x3000, 512]]);
    taskFile(of, 6, 1);
    portOut(of, IDE.busTable, 4, 0x1000);
    portOut(of, IDE.command, 1, IDE_COMMAND.writeDma);
    portOut(of, IDE.busCommand, 1, 0x01);
    advance(of, nextDue(of));
    expect(readSector(state.image, 6)).toBe("C".repeat(512));
    expect(state.image.base[6]).toBe(TEXT.slice(6 * 512, 7 * 512));
    const copy = ideModel.copy(state);
    taskFile(of, 7, 1);
    portOut(of, IDE.command, 1, IDE_COMMAND.writeDma);
    portOut(of, IDE.busCommand, 1, 0);
    portOut(of, IDE.busCommand, 1, 0x01);
    advance(of, nextDue(of));
    expect([Object.keys(copy.image.written), Object.keys(state.image.written)]).toEqual([
      ["5", "6"],
      ["5", "6", "7"],
    ]);
  });
  it("refuses sectors it does not have, unknown commands and short tables", () => {
    const { of, state } = disk();
    taskFile(of, 60, 8);
    portOut(of, IDE.command, 1, IDE_COMMAND.read);
    expect([portIn(of, IDE.command, 1) & 1, portIn(of, IDE.error, 1)]).toEqual([1, 0x10]);
    portOut(of, IDE.command, 1, 0x99);
    expect([portIn(of, IDE.command, 1) & 1, portIn(of, IDE.error, 1)]).toEqual([1, 0x04]);
    regions(of, 0x1000, [[0x2000, 100]]);
    taskFile(of, 0, 1);
    portOut(of, IDE.busTable, 4, 0x1000);
    portOut(of, IDE.command, 1, IDE_COMMAND.readDma);
    portOut(of, IDE.busCommand, 1, 0x09);
    advance(of, nextDue(of));
    expect([state.status & 1, state.busStatus & 2]).toEqual([1, 2]);
  });
  it("says its size when asked who it is", () => {
    const { of } = disk();
    portOut(of, IDE.command, 1, IDE_COMMAND.identify);
    advance(of, nextDue(of));
    const words = Array.from({ length: 256 }, () => portIn(of, IDE.data, 2));
    expect([words[60], words[61]]).toEqual([64, 0]);
  });
});

describe("the plain adapter", () => {
  it("sends a packet for two writes and a read, and echoes it into the buffer it was given", () => {
    const state = nicState(500, true);
    const of = board(1 << 16, [plug(nicModel, state)]);
    for (const [index, letter] of [..."hello"].entries()) of.memory[0x100 + index] = letter.charCodeAt(0);
    portOut(of, NIC.receiveAddress, 4, 0x800);
    portOut(of, NIC.sendAddress, 4, 0x100);
    portOut(of, NIC.sendLength, 2, 5);
    advance(of, nextDue(of));
    expect(of.raised.has(NIC_IRQ)).toBe(true);
    expect(portIn(of, NIC.status, 1)).toBe(3);
    expect([portIn(of, NIC.receiveLength, 2), text(of, 0x800, 5), state.last, state.sent]).toEqual([5, "hello", "hello", 1]);
    expect(of.raised.has(NIC_IRQ)).toBe(false);
  });
});
