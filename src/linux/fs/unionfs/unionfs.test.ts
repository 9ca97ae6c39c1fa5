/**
 * Unionfs walks: what is made, changed, removed and moved through it, and what that leaves in its branches. Cites linux.unionfs.lookup,
 * .create, .copy-up, .whiteout, .remove, .rename, .readdir, .link, .inode and .branches, as fs/unionfs of its version 2.6 has them.
 */
import { describe, expect, test } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";

const BRANCHES = "mkdir -p /rw /ro/d /m; echo a > /ro/a; echo b > /ro/d/b";
const after = (line: string): readonly string[] => shellWorld().run(`{ ${BRANCHES}; ${line}; } 2>&1`).out.trim().split("\n");
const two = (line: string): readonly string[] => after(`mount -t unionfs -o dirs=/rw=rw:/ro=ro none /m; ${line}`);

describe("unionfs", () => {
  test("a file is copied up by the first write, not by opening it", () => {
    expect(two("exec 3>>/m/a; find /rw; echo x >&3; find /rw; cat /m/a; cat /ro/a")).toEqual(["/rw", "/rw", "/rw/a", "a", "x", "a"]);
  });
  test("a file that goes from a read-only branch leaves an empty file with a prefix in the first", () => {
    expect(two("rm /m/a; find /rw; ls /m")).toEqual(["/rw", "/rw/.wh.a", "d"]);
  });
  test("a file in several writable branches goes from all of them, and no whiteout is needed", () => {
    expect(after("echo A > /rw/a; mount -t unionfs -o dirs=/rw:/ro none /m; rm /m/a; find /rw /ro")).toEqual(["/rw", "/ro", "/ro/d", "/ro/d/b"]);
  });
  test("a file on a lower writable branch is written in place, and new ones go to the first", () => {
    expect(after("mount -t unionfs -o dirs=/rw:/ro none /m; echo x >> /m/a; echo n > /m/n; echo c > /m/d/c; cat /ro/a; find /rw /ro/d")).toEqual([
      "a",
      "x",
      "/rw",
      "/rw/n",
      "/ro/d",
      "/ro/d/b",
      "/ro/d/c",
    ]);
  });
  test("every new directory is opaque, also where nothing is hidden", () => {
    expect(two("mkdir /m/e; find /rw/e")).toEqual(["/rw/e", "/rw/e/.wh.__dir_opaque"]);
  });
  test("a directory with something in it does not move from a read-only branch; an empty one does", () => {
    expect(two("mv -T /m/d /m/e; rm /m/e/b; mkdir /ro/f; mv /m/f /m/g; ls /m; find /rw/.wh.f /rw/g")).toEqual([
      "a",
      "e",
      "g",
      "/rw/.wh.f",
      "/rw/g",
      "/rw/g/.wh.__dir_opaque",
    ]);
  });
  test("names of whiteouts are nobody's", () => {
    expect(two("touch /m/.wh.x; touch /m/__dir_opaque")).toEqual([
      "touch: setting times of '/m/.wh.x': Operation not permitted",
      "touch: setting times of '/m/__dir_opaque': Operation not permitted",
    ]);
  });
  test("branches come and go by a remount; the first must be writable", () => {
    expect(
      two(
        "mkdir /new; echo n > /new/n; mount -o remount,add=/ro:/new=ro /m; ls /m; mount -o remount,del=/new /m; ls /m; mount -o remount,del=/rw /m",
      ),
    ).toEqual(["a", "d", "n", "a", "d", expect.stringContaining("mount: /m: "), expect.stringContaining("dmesg(1)")]);
  });
});
