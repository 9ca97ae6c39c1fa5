/**
 * Exercises of chapters 4 to 6 can be performed by real commands at the machine's terminals: the lines of their solutions are typed, and
 * their goals are asked of the world.
 */
import { describe, expect, test } from "vitest";
import { ScriptRunner } from "./runner";
import type { Fixture } from "./types";

interface Performed {
  readonly id: string;
  readonly title: string;
  readonly before?: readonly string[];
  readonly script: readonly string[];
  readonly goals: readonly string[];
  /** That do not hold before. */
  readonly open?: readonly string[];
}

const config = { seed: 4, profile: "teaching" as const, nodes: 0, controlPlane: false, kubeSystem: false, machines: [{ name: "host", consoles: 3 }] };

function fixtureOf(before: readonly string[]): Fixture {
  return { config, files: {}, commands: before.map((line, i) => ({ at: 1 + 2 * i, line })), until: 2 + 2 * before.length };
}

const ROOTFS = "mkdir -p /srv/alpine/bin /srv/alpine/proc /srv/alpine/etc; cp /bin/busybox /srv/alpine/bin/; cp /usr/bin/sleep /srv/alpine/bin/app";
const APPLETS = "for c in sh ls cat pwd mount umount mkdir grep chroot; do ln -s busybox /srv/alpine/bin/$c; done";

const CASES: readonly Performed[] = [
  {
    id: "E4.1",
    title: "one process, three numbers",
    script: ["unshare -pf --mount-proc sh", "unshare -pf --mount-proc sh", "sleep 1000 &", "2: grep NSpid /proc/$(pgrep -x sleep)/status"],
    goals: [
      'namespaces.filter(n, n.type == "pid").size() == 3',
      'processes.exists(p, p.name == "sleep" && p.nspid.size() == 3)',
      'printed("NSpid:*")',
    ],
  },
  {
    id: "E4.2",
    title: "kill number one",
    before: ["cp /usr/bin/sh /opt/c1-init; cp /usr/bin/sleep /opt/web", "unshare --pid --fork --mount-proc /opt/c1-init -c '/opt/web 9000 & wait' &"],
    script: ["kill -TERM $(pgrep -x c1-init)", "run 1s", "kill -KILL $(pgrep -x c1-init)", "run 1s"],
    open: ['!processes.exists(p, p.name == "web" && p.state != "zombie")'],
    goals: ['!processes.exists(p, p.name == "web" && p.state != "zombie")'],
  },
  {
    id: "E4.4",
    title: "rename the inside only",
    script: ["unshare -u sh", "hostname web-1", "hostname", "2: hostname"],
    goals: ['processes.exists(p, p.hostname == "web-1")', 'processes.exists(p, p.pid == 1 && p.hostname == "host")', 'printed("web-1")'],
  },
  {
    id: "E4.5",
    title: "a chroot with a hole, and a root without",
    before: [ROOTFS, APPLETS],
    script: [
      "chroot /srv/alpine /bin/sh -c 'mount -t proc proc /proc; cat /proc/1/root/etc/shadow'",
      "unshare -m sh",
      "mount --make-rprivate /",
      "mount --bind /srv/alpine /srv/alpine",
      "mkdir -p /srv/alpine/old",
      "pivot_root /srv/alpine /srv/alpine/old",
      "cd /",
      "umount -l /old",
      "cat /old/etc/shadow",
    ],
    goals: ['printed("root:*:19700:*")', 'processes.exists(p, "mnt" in p.own && p.state == "running")', 'printed("*/old/etc/shadow*")'],
  },
  {
    id: "E4.6",
    title: "root inside, nobody outside",
    before: ["mkdir -m 1777 /shared; echo user:100000:65536 > /etc/subuid; echo user:100000:65536 > /etc/subgid"],
    script: [
      "setpriv --reuid 1000 --regid 1000 --clear-groups unshare -U sh",
      "2: setpriv --reuid 1000 --regid 1000 --clear-groups newuidmap $(pgrep -n -x sh) 0 100000 65536",
      "2: setpriv --reuid 1000 --regid 1000 --clear-groups newgidmap $(pgrep -n -x sh) 0 100000 65536",
      "2: nsenter -t $(pgrep -n -x sh) -U touch /shared/proof",
      "2: ls -n /shared",
    ],
    goals: ['file("/shared/proof").uid == 100000', 'processes.exists(p, "user" in p.own)'],
  },
  {
    id: "E4.7",
    title: "the queue nobody can see",
    script: ["unshare --ipc --net sh", "ipcmk -Q", "2: ipcs -q", "3: nsenter -t $(pgrep -n -x sh) --ipc ipcs -q"],
    goals: ['processes.exists(p, "ipc" in p.own && "net" in p.own)', 'printed("0x*root*644*")'],
  },
  {
    id: "E5.1",
    title: "one fifth of a core",
    before: ["cp /usr/bin/hog /opt/batch; echo +cpu > /sys/fs/cgroup/cgroup.subtree_control; /opt/batch &"],
    script: [
      "mkdir /sys/fs/cgroup/batch",
      "echo 20000 100000 > /sys/fs/cgroup/batch/cpu.max",
      "echo $(pgrep -x batch) > /sys/fs/cgroup/batch/cgroup.procs",
      "run 3s",
    ],
    goals: ['cgroups.exists(g, g.path == "/batch" && g.cpuPercent <= 21.0 && g.cpuPercent > 15.0 && g.throttled > 5)'],
  },
  {
    id: "E5.2",
    title: "a memory leak that stays at home",
    before: ["echo +memory > /sys/fs/cgroup/cgroup.subtree_control; cp /usr/bin/sleep /opt/db; /opt/db 9000 &"],
    script: [
      "mkdir /sys/fs/cgroup/leaky",
      "echo 64M > /sys/fs/cgroup/leaky/memory.max",
      "sh -c 'echo 0 > /sys/fs/cgroup/leaky/cgroup.procs; exec stress --vm 1 --vm-bytes 128M --timeout 5'",
      "run 6s",
      "cat /sys/fs/cgroup/leaky/memory.events",
    ],
    goals: ['printed("oom_kill 1")', 'processes.exists(p, p.name == "db" && p.state == "running")'],
  },
  {
    id: "E5.3",
    title: "seeing less is not using less",
    before: [
      "echo +cpu > /sys/fs/cgroup/cgroup.subtree_control; mkdir -p /sys/fs/cgroup/apps; echo +cpu > /sys/fs/cgroup/apps/cgroup.subtree_control; mkdir /sys/fs/cgroup/apps/c",
      "cp /usr/bin/hog /opt/c",
      "sh -c 'echo 0 > /sys/fs/cgroup/apps/c/cgroup.procs; exec unshare -C /opt/c' &",
    ],
    script: [
      "nsenter -t $(pgrep -x c) -C cat /proc/$(pgrep -x c)/cgroup",
      "cat /proc/$(pgrep -x c)/cgroup",
      "echo 30000 100000 > /sys/fs/cgroup/apps/c/cpu.max",
      "run 3s",
    ],
    goals: [
      'printed("0::/")',
      'printed("0::/apps/c")',
      'processes.exists(p, p.name == "c" && "cgroup" in p.own)',
      'cgroups.exists(g, g.path == "/apps/c" && g.cpuPercent <= 31.0 && g.throttled > 5)',
    ],
  },
  {
    id: "E5.4",
    title: "build a container by hand",
    before: [ROOTFS, APPLETS, "mkdir -p /c/upper /c/work /c/merged; echo +cpu +memory > /sys/fs/cgroup/cgroup.subtree_control"],
    script: [
      "mkdir /sys/fs/cgroup/app",
      "echo 50000 100000 > /sys/fs/cgroup/app/cpu.max",
      "echo 128M > /sys/fs/cgroup/app/memory.max",
      "echo $$ > /sys/fs/cgroup/app/cgroup.procs",
      "unshare -pmuni -f",
      "mount -t overlay overlay -o lowerdir=/srv/alpine,upperdir=/c/upper,workdir=/c/work /c/merged",
      "mkdir /c/merged/old",
      "pivot_root /c/merged /c/merged/old",
      "cd /",
      "umount -l /old",
      "mount -t proc proc /proc",
      "exec /bin/app 9000",
    ],
    goals: [
      'processes.exists(p, p.name == "app" && p.nspid.size() == 2 && p.nspid[1] == 1 && p.own.size() >= 5 && p.root == "elsewhere" && p.cgroup == "/app")',
      'cgroups.exists(g, g.path == "/app" && g.settings["cpu.max"] == "50000 100000" && g.settings["memory.max"] == "134217728")',
      'mounts.exists(m, m.type == "overlay" && m.target == "/")',
    ],
  },
  {
    id: "E6.1",
    title: "which one wins",
    before: [
      "mkdir -p /A/etc /B/etc /C/etc /up /work /m; echo A > /A/etc/app.conf; echo B > /B/etc/app.conf; echo C > /C/etc/app.conf; touch /A/a.txt /C/c.txt",
    ],
    script: ["mount -t overlay overlay -o lowerdir=/B:/A:/C,upperdir=/up,workdir=/work /m", "cat /m/etc/app.conf"],
    goals: [
      'file("/m/etc/app.conf").text == "B\\n"',
      'exists("/m/a.txt")',
      'exists("/m/c.txt")',
      'mounts.exists(m, m.type == "overlay" && m.target == "/m")',
    ],
  },
  {
    id: "E6.2",
    title: "delete what you cannot change",
    before: [
      "mkdir -p /lower/bin /up /work /m; echo telnet > /lower/bin/telnet; mount -t overlay overlay -o lowerdir=/lower,upperdir=/up,workdir=/work /m",
    ],
    script: ["rm /m/bin/telnet", "stat /up/bin/telnet"],
    goals: [
      '!exists("/m/bin/telnet")',
      'exists("/lower/bin/telnet")',
      'file("/up/bin/telnet").kind == "char"',
      'printed("*character special file*")',
    ],
  },
  {
    id: "E6.5",
    title: "two writable branches",
    before: ["mkdir -p /ssd /hdd /cd /w /m; echo report > /hdd/report.txt; echo manual > /cd/manual.txt"],
    script: [
      "mount -t unionfs none -o dirs=/ssd=rw:/hdd=rw:/cd=ro /m",
      "echo new > /m/new.txt",
      "echo edited >> /m/report.txt",
      "umount /m",
      "cat /hdd/report.txt",
      "mount -t overlay overlay -o lowerdir=/hdd:/cd,upperdir=/ssd,workdir=/w /m",
      "echo edited >> /m/report.txt",
    ],
    goals: [
      'exists("/ssd/new.txt")',
      'file("/hdd/report.txt").text == "report\\nedited\\n"',
      'file("/ssd/report.txt").text == "report\\nedited\\nedited\\n"',
    ],
  },
];

describe("performed at the terminal", () => {
  for (const { id, title, before = [], script, goals, open = [] } of CASES) {
    test(`${id}: ${title}`, () => {
      const values = goals.map((check, i) => ({ id: String(i), check }));
      const opened = open.map((check, i) => ({ id: `open ${i}`, check }));
      const runner = new ScriptRunner(fixtureOf(before), 4, { startAt: 0, goals: values, wrong: [], values: opened });
      for (const { id: name } of opened) expect(runner.state.values[name]).not.toBe(true);
      for (const line of script) runner.perform(line);
      const held = Object.fromEntries(goals.map((check, i) => [check, runner.state.goals[String(i)]]));
      expect(held).toEqual(Object.fromEntries(goals.map((check) => [check, true])));
    });
  }
});
