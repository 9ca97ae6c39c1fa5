import { expect, it } from "vitest";
import { assemble } from "../../src/hypervisor/assembler/assembler";
import { run } from "../../src/hypervisor/cpu/run";
import { boot, load, save } from "../../src/hypervisor/cpu/state";
import { dumbCpu, dumbLoad, dumbPages, dumbRun } from "./dumb";
import { randomProgram } from "./random-program";

const BUDGET = 4000;

it("the processor and the dumb interpreter end in the same state, for random programs (hypervisor.cpu.*)", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const assembly = assemble(randomProgram({ seed, sensitive: true }));
    if (!assembly.ok) throw new Error(`seed ${seed}: ${JSON.stringify(assembly.errors[0])}`);
    const machine = boot(assembly.program, { memorySize: 0x200000 });
    const cpu = load(machine);
    const end = run(cpu, BUDGET);
    const state = save(cpu, machine);
    const dumb = dumbLoad(machine);
    expect(dumbRun(dumb, BUDGET), `seed ${seed}`).toBe(end);
    expect(dumbCpu(dumb), `seed ${seed}`).toEqual(state.cpu);
    expect(dumb.bus.console, `seed ${seed}`).toBe(state.console);
    const pages = [...state.pages].filter(([, text]) => text !== "").sort(([a], [b]) => a - b);
    expect([...dumbPages(dumb)].map(([frame]) => frame)).toEqual(pages.map(([frame]) => frame));
    for (const [frame, text] of dumbPages(dumb)) expect(text === state.pages.get(frame), `seed ${seed} page ${frame}`).toBe(true);
  }
});
