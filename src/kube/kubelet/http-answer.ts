/** What a container's port answers at this moment: the program's HTTP behaviour, or a closed port. */
import type { Micros, Tx } from "../../sim/types";
import { filesOf, isMounted } from "./files";
import { isUp } from "./rows";
import type { ContainerRow, PodRow } from "./tables";
import type { Listener } from "./images/plan";

export type PortAnswer =
  | { readonly kind: "refused" }
  | { readonly kind: "connected"; readonly protocol: Listener["protocol"] }
  | { readonly kind: "http"; readonly status: number; readonly body: string; readonly delay: Micros; readonly server: string };

/** The container of a Pod that listens on a port; containers share the Pod's address. */
export function listenerOn(row: PodRow, port: number, now: Micros): { readonly container: ContainerRow; readonly listener: Listener } | undefined {
  for (const container of row.containers) {
    const listener = isUp(container, now) ? container.plan?.listens.find((candidate) => candidate.port === port) : undefined;
    if (listener) return { container, listener };
  }
  return undefined;
}

/** A file of a web server's directory; null when it is not there; undefined when the directory is as the image has it. */
function served(tx: Tx, row: PodRow, container: ContainerRow, root: string, page: string): string | null | undefined {
  const files = filesOf(tx, row, container);
  const path = `${root}${page}${page.endsWith("/") ? "index.html" : ""}`;
  const content = files.read(path, "/");
  if (content !== undefined) return content;
  return isMounted(row, container, root) || root === "/" ? null : undefined;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: "OK",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
export const statusText = (status: number): string => STATUS_TEXT[status] ?? "";

export function portAnswer(tx: Tx, row: PodRow, port: number, path: string): PortAnswer {
  const now = tx.now;
  const found = listenerOn(row, port, now);
  if (!found) return { kind: "refused" };
  const { container, listener } = found;
  const { plan } = container;
  if (listener.protocol !== "http" || !plan?.http) return { kind: "connected", protocol: listener.protocol };
  const { http } = plan;
  const age = now - (container.startedAt ?? 0);
  const page = path.split("?")[0] ?? "/";
  const answer = (status: number, body: string): PortAnswer => ({ kind: "http", status, body, delay: http.delay, server: http.server });
  if (http.warmUp && http.warmUp.path === page && age < http.warmUp.until) return answer(503, "warming up\n");
  if (http.sickAfter && http.sickAfter.path === page && age >= http.sickAfter.after) return answer(500, "not well\n");
  const file = http.docRoot === undefined ? undefined : served(tx, row, container, http.docRoot, page);
  if (file !== undefined)
    return file === null ? answer(page.endsWith("/") ? 403 : 404, page.endsWith("/") ? "403 Forbidden\n" : "404 Not Found\n") : answer(200, file);
  if (page !== "/" && page !== "/index.html" && !http.anyPath) return answer(404, `404 Not Found\n`);
  return answer(200, http.body.replace("{hostname}", row.pod.spec.hostname ?? row.name).replace("{path}", path));
}
