/** What a stroke says of a removal through an overlay: the whiteout under the name it hides, not the one it was staged under. */
import { expect, test } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";
import { machineHistory } from "./history";

test("a whiteout is named for its place, over a copied file, over a lower one, and made by hand", () => {
  const world = shellWorld();
  world.run("cd /tmp; mkdir l u w m; echo 1 > l/copied; echo 1 > l/lower; mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m");
  world.run("cd /tmp; echo 2 >> m/copied; rm m/copied; rm m/lower; mknod u/by-hand c 0 0");
  const { strokes } = machineHistory(world.timeline);
  expect(strokes.filter(({ verb }) => verb === "whiteout").map(({ params }) => params["name"])).toEqual(["copied", "lower", "by-hand"]);
});
