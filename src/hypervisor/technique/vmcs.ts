/**
 * The VMCS of a guest as rows to look at: guest and host areas, controls, exit and entry information, with the names and encodings of the
 * SDM. Computed from the machine; nothing is kept twice.
 *
 * @source Intel SDM vol. 3C 25.4 to 25.9, appendix B (field encodings)
 * Not modelled: fields of features that the machine lacks.
 */
import { getFlags } from "../cpu/cpu";
import type { Hardware } from "./hardware";

export interface VmcsField {
  readonly area: "guest" | "host" | "control" | "exit" | "entry";
  readonly name: string;
  readonly encoding: number;
  readonly value: number;
}

/** Where the monitor goes on after an exit: constants of a host that is not simulated. */
const HOST = { cr0: 0x80050033, cr3: 0x1000000, cr4: 0x2020, rip: 0xffff8000, rsp: 0xffffc000, cs: 0x10, tr: 0x40 };

/** Pin-based, primary and secondary controls as the SDM numbers their bits. */
export function controlWords({ controls }: Hardware): { readonly pin: number; readonly primary: number; readonly secondary: number } {
  const pin = 0x01 | 0x40 | (controls.postedInterrupts ? 0x80 : 0);
  const primary =
    (controls.hltExiting ? 1 << 7 : 0) |
    (controls.invlpgExiting ? 1 << 9 : 0) |
    (controls.rdtscExiting ? 1 << 12 : 0) |
    (controls.cr3Exiting ? (1 << 15) | (1 << 16) : 0) |
    (controls.ioExiting ? 1 << 24 : 0) |
    (1 << 31);
  const secondary =
    (controls.ept ? 1 << 1 : 0) | (controls.descriptorTableExiting ? 1 << 2 : 0) | (1 << 5) | (controls.postedInterrupts ? 1 << 9 : 0);
  return { pin, primary: primary >>> 0, secondary };
}

export function vmcs(machine: Hardware): VmcsField[] {
  const { guest } = machine.monitor;
  const { last } = machine;
  const words = controlWords(machine);
  const field = (area: VmcsField["area"], encoding: number, name: string, value: number): VmcsField => ({ area, name, encoding, value });
  return [
    field("guest", 0x6800, "Guest CR0", guest.cr0),
    field("guest", 0x6802, "Guest CR3", guest.cr3),
    field("guest", 0x6804, "Guest CR4", guest.cr4),
    field("guest", 0x681c, "Guest RSP", (guest.r[4] as number) >>> 0),
    field("guest", 0x681e, "Guest RIP", guest.eip),
    field("guest", 0x6820, "Guest RFLAGS", getFlags(guest)),
    field("guest", 0x0802, "Guest CS selector", guest.selector[1] as number),
    field("guest", 0x0804, "Guest SS selector", guest.selector[2] as number),
    field("guest", 0x6816, "Guest GDTR base", guest.gdtr.base),
    field("guest", 0x6818, "Guest IDTR base", guest.idtr.base),
    field("guest", 0x4824, "Guest interruptibility state", guest.inhibit ? 1 : 0),
    field("guest", 0x4826, "Guest activity state", guest.halted ? 1 : 0),
    field("host", 0x6c00, "Host CR0", HOST.cr0),
    field("host", 0x6c02, "Host CR3", HOST.cr3),
    field("host", 0x6c04, "Host CR4", HOST.cr4),
    field("host", 0x6c14, "Host RSP", HOST.rsp),
    field("host", 0x6c16, "Host RIP", HOST.rip),
    field("host", 0x0c02, "Host CS selector", HOST.cs),
    field("host", 0x0c0c, "Host TR selector", HOST.tr),
    field("control", 0x4000, "Pin-based VM-execution controls", words.pin),
    field("control", 0x4002, "Primary processor-based VM-execution controls", words.primary),
    field("control", 0x401e, "Secondary processor-based VM-execution controls", words.secondary),
    field("control", 0x4004, "Exception bitmap", 0),
    field("exit", 0x4402, "Exit reason", last.reason),
    field("exit", 0x6400, "Exit qualification", last.qualification),
    field("exit", 0x440c, "VM-exit instruction length", last.length),
    field("entry", 0x4016, "VM-entry interruption-information field", last.injected),
  ];
}
