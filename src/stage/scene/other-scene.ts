/** Another branch over this one: only what is not the same there, at the places where it would stand here. */
import type { PodView, Words } from "../readmodel/types";
import type { Box, ClusterScene, PodMark } from "./types";

export interface OtherMark extends Box {
  readonly key: string;
  /** `there`: it is so in the other branch. `gone`: it stands here and is not there. `field`: another value of a record. */
  readonly kind: "there" | "gone" | "field";
  readonly round: boolean;
  readonly text?: string;
  readonly words?: Words;
}

const AROUND = 3;
const FIELD = 18;
const nameOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string => `${namespace}/${name}`;
const around = ({ x, y, width, height }: Box): Box => ({ x: x - AROUND, y: y - AROUND, width: width + AROUND * 2, height: height + AROUND * 2 });
const alike = (a: PodView, b: PodView): boolean => a.node === b.node && a.state.kind === b.state.kind && a.restarts === b.restarts;

/** How far the rows of the other picture lie from the same rows here. */
function shifts(here: ClusterScene, there: ClusterScene): ReadonlyMap<string, number> {
  const rows = new Map(here.bands.map((band) => [band.uid, band.y + band.height / 2]));
  return new Map(there.bands.map((band) => [band.uid, (rows.get(band.uid) ?? band.y + band.height / 2) - band.y - band.height / 2]));
}

function pods(here: ClusterScene, there: ClusterScene): readonly OtherMark[] {
  const byName = (scene: ClusterScene): ReadonlyMap<string, PodMark> => new Map(scene.pods.map((mark) => [nameOf(mark.pod), mark]));
  const [ours, theirs] = [byName(here), byName(there)];
  const dy = shifts(here, there);
  const marks: OtherMark[] = [];
  for (const [name, mark] of theirs) {
    const own = ours.get(name);
    if (own !== undefined && alike(own.pod, mark.pod)) continue;
    const { kind, reason, word } = mark.pod.state;
    const place = own !== undefined && own.pod.node === mark.pod.node ? own : { ...mark, y: mark.y + (dy.get(mark.pod.owner?.uid ?? "") ?? 0) };
    const said =
      own === undefined ? { text: mark.pod.shortId } : reason !== undefined ? { text: reason } : { words: word ?? { key: `stage.state.${kind}` } };
    marks.push({ key: `pod ${name}`, kind: "there", round: true, ...around(place), ...said });
  }
  for (const [name, mark] of ours) {
    const { x, y, width, height } = mark;
    if (!theirs.has(name)) marks.push({ key: `gone ${name}`, kind: "gone", round: true, x, y, width, height });
  }
  return marks;
}

function records(here: ClusterScene, there: ClusterScene): readonly OtherMark[] {
  const marks: OtherMark[] = [];
  const field = (key: string, box: Box, said: Pick<OtherMark, "text" | "words">): void => {
    marks.push({ key, kind: "field", round: false, x: box.x, y: box.y + box.height - FIELD / 2, width: box.width, height: FIELD, ...said });
  };
  for (const set of there.bands) {
    const own = here.bands.find((band) => band.uid === set.uid);
    if (own !== undefined && !own.loose && own.desired !== set.desired)
      field(`set ${set.uid}`, own.card, { words: { key: "stage.deployment.replicas", params: { count: set.desired } } });
  }
  for (const one of there.deployments) {
    const own = here.deployments.find((mark) => mark.uid === one.uid);
    if (own === undefined || (own.replicas === one.replicas && own.image === one.image)) continue;
    const image = own.image === one.image ? "" : ` ${one.image.slice(one.image.lastIndexOf("/") + 1)}`;
    field(`deployment ${one.uid}`, own, { text: `${one.replicas}${image}` });
  }
  return marks;
}

function nodes(here: ClusterScene, there: ClusterScene): readonly OtherMark[] {
  return there.nodes.flatMap((node): readonly OtherMark[] => {
    const own = here.nodes.find((mark) => mark.uid === node.uid);
    if (own === undefined || (own.lost === node.lost && own.cordoned === node.cordoned && own.stopped === node.stopped)) return [];
    const state = node.lost ? "lost" : node.stopped ? "stopped" : node.notReady ? "notReady" : node.cordoned ? "cordoned" : undefined;
    const words: Words = { key: state === undefined ? "stage.node.ready" : `stage.node.short-${state}` };
    return [{ key: `node ${node.uid}`, kind: "there", round: false, ...around({ ...own, height: own.headHeight }), words }];
  });
}

export function otherMarks(here: ClusterScene, there: ClusterScene): readonly OtherMark[] {
  return [...records(here, there), ...nodes(here, there), ...pods(here, there)];
}
