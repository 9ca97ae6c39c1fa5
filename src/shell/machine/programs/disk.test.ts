/** Room on disks and attributes of files, held to what coreutils 9.1 and attr 2.5.1 print. */
import { describe, expect, it } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";
import { decoded, encoded } from "./attr";
import { readable } from "./busybox-df";

const run = (line: string): string => {
  const { out, status } = shellWorld().run(`exec 2>&1; cd /mnt; ${line}`);
  return `${out}${status?.kind === "exited" ? status.code : JSON.stringify(status)}`;
};
const TREE = "mkdir -p a/b a/m; echo hi > a/f; ln a/f a/g; truncate -s 1M a/big; seq 1000 > a/b/z";

describe("room on disks", () => {
  it("du counts a file of several names once, each directory after what is in it", () => {
    expect(run(`${TREE}; du a; du -l a; du -sh a/f a/g; du -S a; du --inodes a`)).toBe(
      "4\ta/b\n0\ta/m\n8\ta\n4\ta/b\n0\ta/m\n12\ta\n4.0K\ta/f\n4\ta/b\n0\ta/m\n4\ta\n2\ta/b\n1\ta/m\n6\ta\n0",
    );
    expect(run("mkdir a; du -sa a; echo $?; du -d x a; du nope")).toBe(
      "du: cannot both summarize and show all entries\nTry 'du --help' for more information.\n1\n" +
        "du: invalid maximum depth 'x'\nTry 'du --help' for more information.\ndu: cannot access 'nope': No such file or directory\n1",
    );
  });

  it("zeros that were written take room, holes do not: linux.vfs.stat", () => {
    expect(run("head -c 10000 /dev/zero > z; truncate -s 1M hole; du z hole; truncate -s 0 z; du z")).toBe("12\tz\n0\thole\n0\tz\n0");
  });

  it("df tells each file system once, one without blocks only when asked for", () => {
    expect(run("df --output=source,fstype,target; df /proc; df -t nosuch")).toBe(
      "Filesystem     Type  Mounted on\nrootfs         tmpfs /\n" +
        "Filesystem     1K-blocks  Used Available Use% Mounted on\nproc                   0     0         0    - /proc\ndf: no file systems processed\n1",
    );
    expect(run("df -B x; df --output=foo")).toBe(
      "df: invalid -B argument 'x'\ndf: option --output: field 'foo' unknown\nTry 'df --help' for more information.\n1",
    );
  });
});

describe("busybox's df", () => {
  it("has columns of its own: busybox 1.35", () => {
    expect([0, 1023, 696 * 1024, 270_553_174_016].map(readable)).toEqual(["0", "1023", "696.0K", "252.0G"]);
    expect(run("busybox df -hT /proc; busybox df nope")).toBe(
      "Filesystem           Type            Size      Used Available Use% Mounted on\n" +
        "proc                 proc               0         0         0   0% /proc\n" +
        "Filesystem           1K-blocks      Used Available Use% Mounted on\ndf: nope: can't find mount point\n1",
    );
  });
});

describe("attributes of files", () => {
  it("are written as text, in hexadecimal or in base64", () => {
    expect(["hello", "", "\0\xffA", "a\nb", 'a"b\\c'].map((value) => encoded(value))).toEqual(['"hello"', '""', "0sAP9B", "0sYQpi", '"a\\"b\\\\c"']);
    expect(encoded("a\nb", "text")).toBe('"a\\012b"');
    expect(encoded("hello", "hex")).toBe("0x68656c6c6f");
    expect(["0x00ff41", "0saGVsbG8=", "a\\012b", "0xabc", '"q"'].map((text) => decoded(text))).toEqual(["\0\xffA", "hello", "a\nb", undefined, "q"]);
  });

  it("are set, listed and taken away", () => {
    expect(run("touch f; setfattr -n user.a -v hello f; getfattr -d /mnt/f; setfattr -x user.zz f; setfattr -n bad -v x f")).toBe(
      "getfattr: Removing leading '/' from absolute path names\n# file: mnt/f\nuser.a=\"hello\"\n\n" +
        "setfattr: f: No such attribute\nsetfattr: f: Operation not supported\n1",
    );
  });
});
