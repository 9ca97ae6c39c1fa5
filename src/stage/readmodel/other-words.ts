/** What is not the same in another branch, as sentences: the words behind the blue pencil. */
import { stateWords } from "./table-view";
import type { ClusterView, PodView, Words } from "./types";

/** A sentence, and the words that stand in it for `state`. */
export interface OtherWords extends Words {
  readonly state?: Words;
}

const MOST = 40;
const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string => `${namespace}/${name}`;
const alike = (a: PodView, b: PodView): boolean => a.node === b.node && a.state.kind === b.state.kind && a.restarts === b.restarts;

function podWords(here: ClusterView, there: ClusterView): readonly OtherWords[] {
  const [ours, theirs] = [here, there].map((view) => new Map(view.pods.map((pod) => [keyOf(pod), pod])));
  if (ours === undefined || theirs === undefined) return [];
  const changed = [...theirs].flatMap(([key, pod]): readonly OtherWords[] => {
    const own = ours.get(key);
    if (own === undefined) return [{ key: "stage.other.podThere", params: { name: pod.name } }];
    return alike(own, pod) ? [] : [{ key: "stage.other.podOther", params: { name: pod.name, node: pod.node ?? "–" }, state: stateWords(pod) }];
  });
  const gone = [...ours].flatMap(([key, pod]): readonly OtherWords[] =>
    theirs.has(key) ? [] : [{ key: "stage.other.podGone", params: { name: pod.name } }],
  );
  return [...changed, ...gone];
}

function recordWords(here: ClusterView, there: ClusterView): readonly OtherWords[] {
  const sets = there.replicaSets.flatMap((set): readonly OtherWords[] => {
    const own = here.replicaSets.find(({ uid }) => uid === set.uid);
    return own === undefined || own.desired === set.desired ? [] : [{ key: "stage.other.set", params: { name: set.name, count: set.desired } }];
  });
  const deployments = there.deployments.flatMap((one): readonly OtherWords[] => {
    const own = here.deployments.find(({ uid }) => uid === one.uid);
    if (own === undefined || (own.replicas === one.replicas && own.image === one.image)) return [];
    return [{ key: "stage.other.deployment", params: { name: one.name, replicas: one.replicas, image: one.image } }];
  });
  const nodes = there.nodes.flatMap((node): readonly OtherWords[] => {
    const own = here.nodes.find(({ uid }) => uid === node.uid);
    if (own === undefined || (own.state === node.state && own.cordoned === node.cordoned)) return [];
    const state: Words = { key: node.cordoned && node.state === "ready" ? "stage.node.cordoned" : `stage.node.${node.state}` };
    return [{ key: "stage.other.node", params: { name: node.name }, state }];
  });
  return [...deployments, ...sets, ...nodes];
}

/** At most forty, and how many more there are. */
export function otherWords(here: ClusterView, there: ClusterView): readonly OtherWords[] {
  const all = [...recordWords(here, there), ...podWords(here, there)];
  if (all.length === 0) return [{ key: "stage.other.same" }];
  return all.length <= MOST ? all : [...all.slice(0, MOST), { key: "stage.other.more", params: { count: all.length - MOST } }];
}
