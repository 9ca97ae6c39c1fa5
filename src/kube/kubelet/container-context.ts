/** What a command in a container can see and do, apart from where its output goes. */
import type { Tx } from "../../sim/types";
import type { Service } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { cacheOfActor } from "../client/cache";
import { watchTable } from "../client/tables";
import { filesOf, globFiles, hostnameOf } from "./files";
import { resolveImage } from "./images/catalogue";
import { containerOf, kubeletOf, savePod, specOf, withContainer } from "./rows";
import { serviceEnv } from "./service-env";
import type { CommandContext } from "./shell/commands";
import { type ContainerRow, type PodRow, podTable } from "./tables";

/**
 * Variables of a command: the image's, the Pod's, the Services'.
 *
 * Not modelled: containers without variables of their own read the Services of now, not of their start.
 */
export function environmentOf(tx: Tx, row: PodRow, container: ContainerRow): Readonly<Record<string, string>> {
  const kubelet = kubeletOf(row.node);
  const synced = tx.read(watchTable).get(`${kubelet} services`)?.synced === true;
  const services =
    container.env || !synced
      ? {}
      : serviceEnv(cacheOfActor(tx, kubelet).list<Service>("services"), row.namespace, row.pod.spec.enableServiceLinks !== false);
  const resolved = resolveImage(specOf(row, container.name)?.image ?? "");
  const image = "error" in resolved ? {} : (resolved.image.env ?? {});
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOSTNAME: hostnameOf(row).hostname,
    HOME: "/root",
    ...image,
    ...services,
    ...container.env,
  };
}

export interface Surroundings {
  readonly processes: CommandContext["processes"];
  readonly kill: CommandContext["kill"];
  readonly write: CommandContext["write"];
}

export function contextOf(tx: Tx, row: PodRow, container: ContainerRow, around: Surroundings): CommandContext {
  const files = filesOf(tx, row, container);
  return {
    now: tx.now,
    date: rfc3339(tx.now),
    env: environmentOf(tx, row, container),
    cwd: "/",
    hostname: hostnameOf(row).hostname,
    podIP: row.ip ?? "",
    files,
    glob: (pattern, cwd) => globFiles(files, pattern, cwd),
    listen: (port, protocol) => listen(tx, row.uid, container.name, port, protocol),
    ...around,
  };
}

/** A script has opened a port. */
function listen(tx: Tx, uid: string, name: string, port: number, protocol: "http" | "tcp"): void {
  const row = tx.read(podTable).get(uid);
  const container = row && containerOf(row, name);
  if (!row || !container?.plan) return;
  const { plan } = container;
  const http = protocol === "http" ? { server: "busybox httpd", body: "", delay: 1000, anyPath: false, logRequests: false, docRoot: "/" } : undefined;
  savePod(
    tx,
    withContainer(row, name, (c) => ({ ...c, plan: { ...plan, listens: [...plan.listens, { port, protocol }], ...(http ? { http } : {}) } })),
  );
}
