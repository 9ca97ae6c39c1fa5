/**
 * AUFS walks: what is made, changed, removed and moved through it, and what that leaves in its branches. Cites linux.aufs.lookup, .create,
 * .copy-up, .whiteout, .remove, .rename, .readdir, .link, .plink, .xino, .inode, .policy, .options and .branches, as aufs6 has them.
 */
import { describe, expect, test } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";

const BRANCHES = "mkdir -p /rw /ro/d /m; echo a > /ro/a; echo b > /ro/d/b; ln /ro/a /ro/z";
const after = (line: string): readonly string[] => shellWorld().run(`{ ${BRANCHES}; ${line}; } 2>&1`).out.trim().split("\n");
const two = (line: string): readonly string[] => after(`mount -t aufs -o br:/rw=rw:/ro=ro none /m; ${line}`);
const OWN = ["/rw/.wh..wh.aufs", "/rw/.wh..wh.orph", "/rw/.wh..wh.plnk"];

describe("aufs", () => {
  test("a writable branch is made ready, and what is in it for that is not shown", () => {
    expect(two("find /rw; ls -A /m")).toEqual(["/rw", ...OWN, "a", "d", "z"]);
  });
  test("a file is copied up by the first write, not by opening it", () => {
    expect(two("exec 3>>/m/d/b; test -e /rw/d || echo nothing; echo x >&3; find /rw/d; cat /m/d/b")).toEqual([
      "nothing",
      "/rw/d",
      "/rw/d/b",
      "b",
      "x",
    ]);
  });
  test("whiteouts are further names of one file", () => {
    expect(two("rm /m/d/b; test /rw/d/.wh.b -ef /rw/.wh..wh.aufs && echo same")).toEqual(["same"]);
  });
  test("a directory made over a whiteout is opaque, another is not", () => {
    expect(two("rm -r /m/d; mkdir /m/d /m/e; find /rw/d /rw/e; ls /m/d")).toEqual(["/rw/d", "/rw/d/.wh..wh..opq", "/rw/e"]);
  });
  test("the other name of a copied-up file shows the copy", () => {
    expect(two("echo x >> /m/a; cat /m/z; cat /ro/z; test /m/a -ef /m/z && echo same")).toEqual(["a", "x", "a", "same"]);
  });
  test("a directory with something in it does not move from a read-only branch", () => {
    expect(two("mkdir /ro/f; mv /m/f /m/g; ls /m; find /rw/.wh.f /rw/g")).toEqual(["a", "d", "g", "z", "/rw/.wh.f", "/rw/g"]);
  });
  test("with round-robin each file goes to another branch", () => {
    expect(after("mkdir /r2; mount -t aufs -o br:/rw=rw:/r2=rw:/ro=ro,create=rr none /m; touch /m/1 /m/2 /m/3 /m/4; ls /rw; echo -; ls /r2")).toEqual(
      ["1", "3", "-", "2", "4"],
    );
  });
  test("names of whiteouts are nobody's, and names leave room for two prefixes", () => {
    expect(two("touch /m/.wh.x; touch /m/$(printf %0243d 1)")).toEqual([
      "touch: setting times of '/m/.wh.x': Operation not permitted",
      expect.stringContaining("File name too long"),
    ]);
  });
  test("branches come and go by a remount, unless a file of one is open", () => {
    expect(
      two(
        "mkdir /new; echo n > /new/n; mount -o remount,add:1:/new=ro /m; ls /m; exec 3< /m/n; mount -o remount,del:/new /m; exec 3<&-; mount -o remount,del:/new /m; ls /m",
      ),
    ).toEqual(["a", "d", "n", "z", expect.stringContaining("busy"), expect.stringContaining("dmesg(1)"), "a", "d", "z"]);
  });
});
