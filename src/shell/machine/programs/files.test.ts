/** Programs over files, held to what coreutils 9.1, diffutils 3.8 and their like print. */
import { describe, expect, it } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";
import { md5, sha1, sha256 } from "./digest";

const run = (line: string): string => {
  const { out, status } = shellWorld().run(`exec 2>&1; cd /mnt; ${line}`);
  return `${out}${status?.kind === "exited" ? status.code : JSON.stringify(status)}`;
};

describe("programs over files", () => {
  it("list as ls does: long lines, columns, what is not there", () => {
    expect(run("mkdir d; echo hello > d/x; ln -s x d/l; ls -l d | sed 's/[A-Z][a-z][a-z] .*:00/DATE/'")).toBe(
      "total 4\nlrwxrwxrwx 1 root root 1 DATE l -> x\n-rw-r--r-- 1 root root 6 DATE x\n0",
    );
    expect(run("for i in 1 2 3 4 5 6 7; do : > name-$i; done; ls -C -w 40")).toBe("name-1\tname-3\tname-5\tname-7\nname-2\tname-4\tname-6\n0");
    expect(run("ls nofile")).toBe("ls: cannot access 'nofile': No such file or directory\n2");
    expect(run("touch 'a b' c; ls --quoting-style=shell-escape -x")).toBe("'a b'   c\n0");
  });

  it("change modes, owners and times", () => {
    expect(run("touch f; chmod u=rwx,g+w,o= f; stat -c '%a %A %U:%G' f; chown 5:7 f; stat -c %u:%g f; chmod -v 755 f")).toBe(
      "760 -rwxrw---- root:root\n5:7\nmode of 'f' changed from 0760 (rwxrw----) to 0755 (rwxr-xr-x)\n0",
    );
    expect(run("touch -d '2020-01-02 03:04:05' a; stat -c %y a; touch -r a b; stat -c %Y b")).toBe(
      "2020-01-02 03:04:05.000000000 +0000\n1577934245\n0",
    );
    expect(run("date -u -d '2026-01-31 +1 month' +%F; date -d bogus")).toBe("2026-03-03\ndate: invalid date 'bogus'\n1");
  });

  it("run others: for a time, with another environment, nicer", () => {
    expect(run("timeout 0.2 sleep 5; echo $?; timeout --preserve-status 0.2 sleep 5; echo $?; timeout 1 nofile")).toBe(
      "124\n143\ntimeout: failed to run command 'nofile': No such file or directory\n127",
    );
    expect(run("env -i A=1 printenv A; nice -n 3 nice -n 4 nice; expr 7 % 4 '*' 2")).toBe("1\n7\n6\n0");
  });

  it("see what the kernel tells: linux.vfs.stat, linux.vfs.statfs, linux.vfs.utimes, linux.process.nice", () => {
    expect(run("mkdir d; touch d/a d/b; echo x > f; truncate -s 1M h; stat -c '%s %b' d f h; stat -f -c '%T %t' / /proc /sys/fs/cgroup")).toBe(
      "80 0\n2 8\n1048576 0\ntmpfs 1021994\nproc 9fa0\ncgroup2fs 63677270\n0",
    );
    const asUser = "setpriv --reuid 1000 --regid 1000 --clear-groups";
    expect(run(`touch f; chmod 666 f; ${asUser} touch f && echo now; ${asUser} touch -d @0 f; ${asUser} nice -n -1 nice`)).toBe(
      "now\ntouch: setting times of 'f': Operation not permitted\nnice: cannot set niceness: Permission denied\n0\n0",
    );
  });

  it("tell differences and sums", () => {
    expect(run("printf 'a\\nb\\nc\\n' > x; printf 'a\\nc\\nd\\n' > y; diff x y; cmp x y")).toBe("2d1\n< b\n3a3\n> d\nx y differ: char 3, line 2\n1");
    const zeros = "\0".repeat(56);
    expect([md5("hello\n"), sha1("hello\n"), sha256("hello\n"), sha256(zeros)]).toEqual([
      "b1946ac92492d2347c6235b4d2611184",
      "f572d396fae9206628714fb2ce00f72e94f2258f",
      "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
      "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb",
    ]);
    expect(run("printf 'abc\\n' | od -c; printf 'abc\\n' | hexdump -C | head -1")).toBe(
      "0000000   a   b   c  \\n\n0000004\n00000000  61 62 63 0a                                       |abc.|\n0",
    );
  });

  it("stand where the shell stands: by name, or in fact", () => {
    expect(
      run("mkdir -p /tmp/q/w; ln -s /tmp/q/w /tmp/l; cd /tmp/l; cd ..; pwd; cd /tmp/l; cd -P ..; pwd; pushd /etc; popd; sleep 1 | read -t 0.1 x"),
    ).toBe("/tmp\n/tmp/q\n/etc /tmp/q\n/tmp/q\n142");
  });

  it("sort by keys", () => {
    expect(run("printf 'b 2\\na 10\\nc 1\\n' > f; sort -k2 f; sort -k2n f; printf '1K\\n2M\\n3\\n' | sort -rh")).toBe(
      "c 1\na 10\nb 2\nc 1\nb 2\na 10\n2M\n1K\n3\n0",
    );
  });
});
