/** Programs about processes and the machine: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const systemFacts: Readonly<Record<string, Facts>> = {
  bash: {
    usage: ["bash [OPTION]... [FILE [ARG]...]", "bash [OPTION]... -c COMMANDS [NAME [ARG]...]"],
    see: ["man", "test"],
    from: "bash 5.2",
    section: "1",
  },
  ps: { usage: ["ps [OPTION]..."], see: ["pgrep", "pstree", "kill"], from: "procps-ng 4.0.2", section: "1" },
  pgrep: { usage: ["pgrep [OPTION]... PATTERN"], see: ["pkill", "pidof", "ps"], from: "procps-ng 4.0.2", section: "1" },
  pkill: { usage: ["pkill [-SIGNAL] [OPTION]... PATTERN"], see: ["pgrep", "kill"], from: "procps-ng 4.0.2", section: "1" },
  pidof: { usage: ["pidof [OPTION]... PROGRAM..."], see: ["pgrep"], from: "procps-ng 4.0.2", section: "1", help: "own" },
  kill: { usage: ["kill [-SIGNAL] PID...", "kill -l [NUMBER]"], see: ["pkill", "ps"], from: "procps-ng 4.0.2", section: "1" },
  pstree: { usage: ["pstree [OPTION]... [PID]"], see: ["ps"], from: "psmisc 23.6", section: "1", help: "own" },
  taskset: { usage: ["taskset -p [-c] PID"], see: ["nproc"], from: "util-linux 2.38", section: "1" },
  stress: { usage: ["stress [OPTION [ARG]]..."], see: ["hog", "systemd-cgls"], from: "stress 1.0.7", section: "1" },
  "systemd-cgls": { usage: ["systemd-cgls [CGROUP]"], see: ["ps"], from: "systemd 252", section: "1" },
  hog: { usage: ["hog"], see: ["stress", "nice"], from: "the lab", section: "1" },
  "union-race": { usage: ["union-race [TRACE]"], see: ["mount"], from: "the lab", section: "1" },
};
