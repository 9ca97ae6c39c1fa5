/** The same bytes under every technique; stepping back; the condition of Popek and Goldberg. Seeds are printed by a failure's message. */
import { expect, it } from "vitest";
import { assemble } from "../../src/hypervisor/assembler/assembler";
import { createHistory, runWithHistory, stepBack } from "../../src/hypervisor/cpu/history";
import { run } from "../../src/hypervisor/cpu/run";
import { boot, getCpu, load } from "../../src/hypervisor/cpu/state";
import { popekGoldberg, robinIrvine } from "../../src/hypervisor/isa/popek-goldberg";
import { INSTRUCTIONS } from "../../src/hypervisor/isa/table";
import { differences, firstDivergence } from "../../src/hypervisor/technique/divergence";
import { place, runGuest } from "../../src/hypervisor/technique/guest";
import { type Technique, totalExits } from "../../src/hypervisor/technique/monitor";
import { paravirtualize } from "../../src/hypervisor/technique/paravirtual";
import { vmcs } from "../../src/hypervisor/technique/vmcs";
import { randomProgram } from "./random-program";

const BUDGET = 40_000;

function booted(source: string, name: string) {
  const assembly = assemble(source);
  if (!assembly.ok) throw new Error(`${name}: ${JSON.stringify(assembly.errors[0])}`);
  return boot(assembly.program, { memorySize: 0x200000 });
}

function ended(source: string, technique: Technique, name: string) {
  const guest = place(booted(source, name), technique);
  const end = runGuest(guest, BUDGET);
  return { end, cpu: getCpu(guest.monitor.guest), console: guest.monitor.guest.bus.console, exits: totalExits(guest.monitor.counters), guest };
}

it("native, translated and non-root runs end alike for all guests; in ring 1 for those without a silent instruction (hypervisor.technique.*)", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const sensitive = seed % 2 === 0;
    const source = randomProgram({ seed, sensitive });
    const native = ended(source, "native", `seed ${seed}`);
    const promised: readonly Technique[] = sensitive ? ["translation", "hardware"] : ["translation", "hardware", "trap-emulate"];
    for (const technique of promised) {
      const other = ended(source, technique, `seed ${seed}`);
      expect(differences(native.cpu, other.cpu), `seed ${seed} ${technique}`).toEqual([]);
      expect(other.console, `seed ${seed} ${technique}`).toBe(native.console);
    }
    expect(native.exits).toBe(0);
  }
});

it("a guest whose silent instructions are replaced by requests ends as on the bare machine (hypervisor.technique.paravirtual)", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const source = randomProgram({ seed, sensitive: true });
    const ported = paravirtualize(source);
    if (!ported.ok) throw new Error(`seed ${seed}`);
    expect(ported.ported.changed.length, `seed ${seed}`).toBeGreaterThan(0);
    for (const { before, after } of ported.ported.changed) expect(after).not.toBe(before);
    const [native, other] = [ended(source, "native", `seed ${seed}`), ended(ported.ported.source, "paravirtual", `seed ${seed}`)];
    expect(differences(native.cpu, other.cpu), `seed ${seed}`).toEqual([]);
  }
});

it("a silent instruction whose effect matters is named (hypervisor.technique.divergence)", () => {
  const source = " cli\n pushf\n pop eax\n smsw ebx\n hlt\n";
  const found = firstDivergence(booted(`.org 0x1000\nstart:\n mov esp, 0x9000\n${source}`, "pushf"), "trap-emulate", BUDGET);
  expect(found?.culprit).toMatch(/^pushf/);
  expect(firstDivergence(booted(`.org 0x1000\nstart:\n mov esp, 0x9000\n${source}`, "pushf"), "hardware", BUDGET)).toBeUndefined();
});

it("the table breaks the condition, by Robin and Irvine's instructions among others (hypervisor.isa.popek-goldberg)", () => {
  const verdict = popekGoldberg(INSTRUCTIONS);
  expect(verdict.holds).toBe(false);
  const silent = robinIrvine(INSTRUCTIONS);
  expect(silent.length).toBeGreaterThanOrEqual(17);
  for (const id of silent) expect(verdict.offenders).toContain(id);
  expect(popekGoldberg(INSTRUCTIONS.filter(({ id }) => !verdict.offenders.includes(id))).holds).toBe(true);
});

it("a step back is exact, also over checkpoints (hypervisor.cpu.step-back)", () => {
  const cpu = load(booted(randomProgram({ seed: 3, sensitive: false, chunks: 12 }), "seed 3"));
  const history = createHistory(cpu);
  const states = [getCpu(cpu)];
  for (let i = 0; i < 60; i++) {
    runWithHistory(history, 1, run);
    states.push(getCpu(cpu));
  }
  for (let i = 59; i >= 0; i--) {
    expect(stepBack(history, run)).toBe(true);
    expect(differences(getCpu(cpu), states[i] as ReturnType<typeof getCpu>), `step ${i}`).toEqual([]);
  }
  expect(stepBack(history, run)).toBe(false);
});

it("a machine in non-root mode shows its control structure", () => {
  const { guest } = ended(randomProgram({ seed: 5, sensitive: false }), "hardware", "seed 5");
  if (guest.technique !== "hardware") throw new Error("another technique");
  const fields = vmcs(guest.machine);
  expect(fields.find(({ name }) => name === "Guest RIP")?.value).toBe(guest.monitor.guest.eip);
  expect(new Set(fields.map(({ encoding }) => encoding)).size).toBe(fields.length);
});
