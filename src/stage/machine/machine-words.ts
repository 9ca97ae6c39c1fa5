/** A machine in sentences and tables: the same view that its pictures are drawn from. */
import type { MachineView, ProcessView, UnionView } from "../readmodel/machine/types";
import type { Words } from "../readmodel/types";

export function summaryOfMachine({ processes, viewpoints, unions }: MachineView): readonly Words[] {
  return [
    { key: "machine.text.summary", params: { count: processes.length } },
    { key: "machine.text.views", params: { count: viewpoints.length } },
    ...(unions.length === 0 ? [] : [{ key: "machine.text.unions", params: { count: unions.length } }]),
  ];
}

export const viewpointWords = (letter: string | undefined): Words =>
  letter === undefined ? { key: "machine.ledger.fromHost" } : { key: "machine.ledger.from", params: { namespace: letter } };

/** The namespaces of a process that are not those of the first process. */
export const ownNamespaces = ({ namespaces }: ProcessView): string =>
  namespaces
    .filter(({ shared }) => !shared)
    .map(({ kind }) => kind)
    .join(" ");

/** A path of a union mount: what is seen there, and on which sheet the eye stops. */
export function seenAt(union: UnionView, from: string | undefined): string {
  return from === undefined ? "" : (union.sheets.find(({ id }) => id === from)?.path ?? "");
}
