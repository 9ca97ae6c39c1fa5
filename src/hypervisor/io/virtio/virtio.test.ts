/**
 * hypervisor.io.virtqueue-take, .need-event, .virtio-status, .virtio-block, .virtio-net, .virtio-setup: rings in memory, kicks and
 * interrupts against counts made by hand, index wrap-around, and nonsense from the driver.
 */
import { describe, expect, it } from "vitest";
import { advance, type Board, board, nextDue, plug } from "../board";
import { imageFromText, readSector } from "../disk-image";
import { registersOf } from "../driver/registers";
import { addBlock, addBuffer, addFrame, kick, setUpVirtio, type VirtioDriver } from "../driver/virtio";
import { VIRTIO_BLOCK_BASE, VIRTIO_BLOCK_IRQ, virtioBlockModel, virtioBlockState } from "./block";
import { VIRTIO_NET_BASE, virtioNetModel, virtioNetState } from "./net";
import { collect, type DriverQueue, needEvent, wantInterrupts, write16, write32 } from "./ring";
import { VIRTIO, VIRTIO_STATUS } from "./transport";

const TEXT = Array.from({ length: 64 }, (_, sector) => `sector ${sector} `.padEnd(512, String.fromCharCode(65 + (sector % 26)))).join("");

function disk(eventIndex: boolean, messages = true) {
  const state = virtioBlockState(imageFromText(64, TEXT), 1000, messages);
  const of = board(1 << 20, [plug(virtioBlockModel, state)]);
  const on = registersOf(of);
  const driver = setUpVirtio(on, { base: VIRTIO_BLOCK_BASE, memory: 0x1000, sizes: [16], eventIndex }) as VirtioDriver;
  return { state, of, on, driver, queue: driver.queues[0] as DriverQueue };
}
const read = (sector: number, slot: number) => ({ write: false, sector, bytes: 4096, buffer: 0x8000 + slot * 0x2000, header: 0x4000 + slot * 32 });
const text = (of: Board, at: number, size: number) => String.fromCharCode(...of.memory.subarray(at, at + size));

describe("need event", () => {
  it("is true exactly when the index that was asked for lies among the new ones", () => {
    for (const before of [0, 5, 65_530])
      for (let more = 0; more < 12; more++)
        for (let event = 0; event < 14; event++) {
          const among = Array.from({ length: more }, (_, index) => (before + index) & 0xffff).includes((before + event - 1) & 0xffff);
          expect(needEvent((before + event - 1) & 0xffff, (before + more) & 0xffff, before)).toBe(among);
        }
  });
});

describe("virtio-blk", () => {
  for (const eventIndex of [false, true])
    it(`four requests, one kick, one interrupt (event index ${eventIndex})`, () => {
      const { state, of, on, driver, queue } = disk(eventIndex);
      wantInterrupts(on, queue, eventIndex ? 4 : 1, eventIndex);
      for (let slot = 0; slot < 4; slot++) addBlock(on, driver, read(slot * 8, slot));
      expect(kick(on, driver, 0)).toBe(true);
      advance(of, 1000);
      expect([state.transport.kicks, state.transport.interrupts, of.edges.get(VIRTIO_BLOCK_IRQ)]).toEqual([1, 1, 1]);
      expect(collect(on, queue)).toEqual([0, 3, 6, 9].map((head) => ({ head, written: 4097 })));
      expect(queue.free.length).toBe(16);
      for (let slot = 0; slot < 4; slot++) {
        expect(text(of, 0x8000 + slot * 0x2000, 4096)).toBe(TEXT.slice(slot * 4096, slot * 4096 + 4096));
        expect(of.memory[0x4000 + slot * 32 + 16]).toBe(0);
      }
    });
  it("no kick is needed while the device is at work, one when it sleeps", () => {
    for (const eventIndex of [false, true]) {
      const { state, of, on, driver, queue } = disk(eventIndex);
      addBlock(on, driver, read(0, 0));
      expect(kick(on, driver, 0)).toBe(true);
      addBlock(on, driver, read(8, 1));
      expect(kick(on, driver, 0)).toBe(false);
      advance(of, 2000);
      expect(collect(on, queue).length).toBe(2);
      addBlock(on, driver, read(16, 0));
      expect(kick(on, driver, 0)).toBe(true);
      expect(state.transport.kicks).toBe(2);
    }
  });
  it("a driver that polls is not interrupted", () => {
    for (const eventIndex of [false, true]) {
      const { state, of, on, driver, queue } = disk(eventIndex);
      wantInterrupts(on, queue, "never", eventIndex);
      addBlock(on, driver, read(0, 0));
      kick(on, driver, 0);
      advance(of, 1000);
      expect([collect(on, queue).length, state.transport.interrupts]).toEqual([1, 0]);
    }
  });
  it("goes round 65,536 requests without losing count", () => {
    const { state, of, on, driver, queue } = disk(true);
    for (let round = 0; round < 70_000; round += 5) {
      wantInterrupts(on, queue, 5, true);
      for (let slot = 0; slot < 5; slot++) addBlock(on, driver, { ...read(0, slot), bytes: 0 });
      kick(on, driver, 0);
      advance(of, nextDue(of));
      if (collect(on, queue).length !== 5) throw new Error(`round ${round}`);
    }
    expect([state.completed, state.transport.kicks, state.transport.interrupts]).toEqual([70_000, 14_000, 14_000]);
  });
  it("writes, flushes, refuses what lies beyond the end", () => {
    const { state, of, on, driver, queue } = disk(true);
    of.memory.fill(0x42, 0x8000, 0x8200);
    addBlock(on, driver, { ...read(7, 0), write: true, bytes: 512 });
    addBlock(on, driver, { ...read(63, 1), bytes: 1024 });
    kick(on, driver, 0);
    advance(of, 1000);
    expect(readSector(state.image, 7)).toBe("B".repeat(512));
    expect([of.memory[0x4010], of.memory[0x4030], collect(on, queue).length]).toEqual([0, 1, 2]);
  });
  it("without messages an interrupt stays until it is acknowledged", () => {
    const { of, on, driver } = disk(true, false);
    addBlock(on, driver, read(0, 0));
    kick(on, driver, 0);
    advance(of, 1000);
    expect([of.raised.has(VIRTIO_BLOCK_IRQ), on.load(VIRTIO_BLOCK_BASE + VIRTIO.interruptStatus, 4)]).toEqual([true, 1]);
    on.store(VIRTIO_BLOCK_BASE + VIRTIO.interruptAcknowledge, 4, 1);
    expect(of.raised.has(VIRTIO_BLOCK_IRQ)).toBe(false);
  });
  it("a chain that bites its tail stops the device until it is reset", () => {
    const { state, on, driver, queue } = disk(true);
    write32(on, queue.descriptors + 8, 512);
    write16(on, queue.descriptors + 12, 1);
    write16(on, queue.descriptors + 14, 0);
    write16(on, queue.available + 2, 1);
    on.store(VIRTIO_BLOCK_BASE + VIRTIO.notify, 4, 0);
    expect(state.transport.status & VIRTIO_STATUS.needsReset).toBe(64);
    expect(setUpVirtio(on, { base: VIRTIO_BLOCK_BASE, memory: 0x1000, sizes: [16], eventIndex: true })).toMatchObject({
      eventIndex: driver.eventIndex,
    });
    expect(state.transport.status).toBe(15);
  });
  it("refuses features that were not offered", () => {
    const { on } = disk(true);
    const write = (register: number, value: number) => on.store(VIRTIO_BLOCK_BASE + register, 4, value);
    write(VIRTIO.status, 0);
    write(VIRTIO.driverFeaturesSelect, 0);
    write(VIRTIO.driverFeatures, 1 << 3);
    write(VIRTIO.driverFeaturesSelect, 1);
    write(VIRTIO.driverFeatures, 1);
    write(VIRTIO.status, 11);
    expect(on.load(VIRTIO_BLOCK_BASE + VIRTIO.status, 4)).toBe(3);
  });
});

describe("virtio-net", () => {
  it("eight frames for one kick, and their echoes", () => {
    const state = virtioNetState(500, true);
    const of = board(1 << 20, [plug(virtioNetModel, state)]);
    const on = registersOf(of);
    const driver = setUpVirtio(on, { base: VIRTIO_NET_BASE, memory: 0x1000, sizes: [16, 16], eventIndex: true }) as VirtioDriver;
    for (let slot = 0; slot < 8; slot++) addBuffer(on, driver, 0x8000 + slot * 2048, 1526);
    kick(on, driver, 0);
    for (let slot = 0; slot < 8; slot++) {
      const at = 0x1_0000 + slot * 2048;
      for (const [index, letter] of [...`frame ${slot}`].entries()) of.memory[at + 12 + index] = letter.charCodeAt(0);
      addFrame(on, driver, at, 12 + 7);
    }
    expect(kick(on, driver, 1)).toBe(true);
    advance(of, 500);
    expect([state.sent, state.sentBytes, state.transport.kicks]).toEqual([8, 56, 2]);
    expect(collect(on, driver.queues[0] as DriverQueue)).toHaveLength(8);
    expect(text(of, 0x8000 + 5 * 2048 + 12, 7)).toBe("frame 5");
  });
});
