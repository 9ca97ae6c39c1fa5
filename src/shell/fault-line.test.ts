import { describe, expect, it, test } from "vitest";
import { type Fault, faultLine, parseFault } from "./fault-line";

describe("a fault's line", () => {
  it("is read, or answered with what there is", () => {
    expect(parseFault("crash node-a")).toEqual({ fault: { type: "fault.crash", node: "node-a" } });
    expect(parseFault("slow scheduler 5s")).toEqual({ fault: { type: "fault.slow", component: "scheduler", delay: 5_000_000 } });
    expect(parseFault("watch kubelet/node-a pods delay 2s")).toEqual({
      fault: { type: "fault.watch", watcher: "kubelet/node-a pods", mode: "delay", delay: 2_000_000 },
    });
    expect(parseFault("kill shop/web-1 app")).toEqual({ fault: { type: "fault.kill", namespace: "shop", pod: "web-1", container: "app" } });
    expect(parseFault("fail-pull nginx* on node-b off")).toEqual({ fault: { type: "fault.fail-pull", image: "nginx*", node: "node-b", off: true } });
    for (const line of ["explode", "crash", "slow scheduler", "watch scheduler/main", "pressure node-a heat"])
      expect("error" in parseFault(line), line).toBe(true);
  });

  const faults: readonly Fault[] = [
    { type: "fault.kill", namespace: "default", pod: "web-1" },
    { type: "fault.kill", namespace: "shop", pod: "web-1", container: "app", signal: "SIGTERM" },
    { type: "fault.delete-pod", namespace: "shop", pod: "web-1", force: true },
    { type: "fault.drain", node: "node-a" },
    { type: "fault.start", component: "kubelet/node-a" },
    { type: "fault.slow", component: "scheduler", delay: 1_500_000 },
    { type: "fault.slow", component: "scheduler", delay: 0 },
    { type: "fault.slow", component: "scheduler", delay: 7 },
    { type: "fault.watch", watcher: "kubelet/node-a pods", mode: "delay", delay: 5_000_000 },
    { type: "fault.watch", watcher: "scheduler/main", mode: "none" },
    { type: "fault.fail-pull", image: "nginx:1", node: "node-b", off: true },
    { type: "fault.pressure", node: "node-a", disk: true },
    { type: "fault.pressure", node: "node-a", pid: false },
  ];
  for (const fault of faults) {
    const line = faultLine(fault);
    test(line, () => expect(parseFault(line.slice("fault ".length))).toEqual({ fault }));
  }

  test("quotes what the shell would expand", () => {
    expect(faultLine({ type: "fault.fail-pull", image: "nginx*" })).toBe("fault fail-pull 'nginx*'");
  });
});
