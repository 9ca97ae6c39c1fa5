/**
 * The files a container sees: its image's few, what it wrote itself, and volumes at their mount paths. Volumes made from objects are
 * derived; emptyDir and the container's own layer are rows.
 *
 * Not modelled: permissions, links, sizes on disk; image files beyond those that demonstrations look at.
 */
import type { Tx } from "../../sim/types";
import type { StringMap } from "../apis/objects";
import { hostsFile, podHostname } from "./pod-hostname";
import { specOf } from "./rows";
import type { ShellFiles } from "./shell/commands";
import { type ContainerRow, fileTable, nodeTable, type PodRow } from "./tables";
import { volumeFiles } from "./volumes";

const DIRECTORIES = [
  "bin",
  "dev",
  "etc",
  "home",
  "lib",
  "mnt",
  "opt",
  "proc",
  "root",
  "run",
  "srv",
  "sys",
  "tmp",
  "usr",
  "var",
  "usr/bin",
  "usr/share",
  "usr/local",
  "var/log",
  "var/run",
  "var/tmp",
  "var/lib",
  "usr/share/nginx",
  "usr/share/nginx/html",
  "etc/nginx",
];

interface Place {
  readonly place: string;
  /** Within the place, without a leading slash. */
  readonly path: string;
  readonly readOnly: boolean;
}

export function normalPath(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export const hostnameOf = (row: PodRow): { readonly hostname: string; readonly domain: string } => {
  const { hostname, subdomain } = row.pod.spec;
  const name = podHostname(
    { name: row.name, namespace: row.namespace, ...(hostname ? { hostname } : {}), ...(subdomain ? { subdomain } : {}) },
    "cluster.local",
  );
  return "error" in name ? { hostname: row.name, domain: "" } : name;
};

function baseFiles(row: PodRow, container: ContainerRow): StringMap {
  const { hostname, domain } = hostnameOf(row);
  const files: Record<string, string> = {
    "etc/hostname": `${hostname}\n`,
    "etc/hosts": hostsFile(row.ip === undefined ? [] : [row.ip], hostname, domain, []),
    "etc/resolv.conf": `search ${row.namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`,
    "etc/os-release": 'NAME="Alpine Linux"\nID=alpine\n',
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "proc/1/cmdline": `${(container.plan?.argv ?? []).join("\0")}\0`,
  };
  const root = container.plan?.http?.docRoot?.slice(1);
  if (root !== undefined) files[`${root}/index.html`] = container.plan?.http?.body ?? "";
  if (container.plan?.http?.server === "nginx")
    files["etc/nginx/nginx.conf"] = "worker_processes auto;\nevents { worker_connections 1024; }\nhttp { include /etc/nginx/conf.d/*.conf; }\n";
  return files;
}

function placeOf(row: PodRow, container: ContainerRow, path: string): Place {
  const mounts = specOf(row, container.name)?.volumeMounts ?? [];
  const covering = mounts
    .filter((mount) => path === mount.mountPath.replace(/\/$/, "") || path.startsWith(`${mount.mountPath.replace(/\/$/, "")}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (!covering) return { place: `container/${container.name}#${container.restartCount}`, path: path.slice(1), readOnly: false };
  const rest = path.slice(covering.mountPath.replace(/\/$/, "").length + 1);
  const inside = [covering.subPath ?? "", rest].filter((part) => part !== "").join("/");
  return { place: `volume/${covering.name}`, path: inside, readOnly: covering.readOnly === true };
}

/** Whether a path lies in a volume. */
export const isMounted = (row: PodRow, container: ContainerRow, path: string): boolean => placeOf(row, container, path).place.startsWith("volume/");

export function filesOf(tx: Tx, row: PodRow, container: ContainerRow): ShellFiles {
  const hostIP = tx.read(nodeTable).get(row.node)?.config.internalIP ?? "";
  const derivedOf = (place: string): StringMap =>
    place.startsWith("volume/") ? volumeFiles(tx, row, place.slice("volume/".length), hostIP) : baseFiles(row, container);
  const key = ({ place, path }: Place): string => `${row.uid} ${place} ${path}`;
  const at = (path: string, cwd: string): Place => placeOf(row, container, normalPath(path, cwd));

  const read = (path: string, cwd: string): string | undefined => {
    const place = at(path, cwd);
    const stored = tx.read(fileTable).get(key(place));
    return stored ? (stored.content ?? undefined) : derivedOf(place.place)[place.path];
  };
  const paths = (place: string): ReadonlySet<string> => {
    const found = new Set(Object.keys(derivedOf(place)));
    for (const file of tx.read(fileTable).by("uid", row.uid)) {
      if (file.place !== place) continue;
      if (file.content === null) found.delete(file.path);
      else found.add(file.path);
    }
    if (place.startsWith("container/")) for (const directory of DIRECTORIES) found.add(`${directory}/`);
    return found;
  };
  const list = (path: string, cwd: string): readonly string[] | undefined => {
    const full = normalPath(path, cwd);
    const place = at(path, cwd);
    const prefix = place.path === "" ? "" : `${place.path}/`;
    const names = new Set<string>();
    let exists = place.path === "";
    for (const candidate of paths(place.place)) {
      if (!candidate.startsWith(prefix)) continue;
      exists = true;
      const name = candidate.slice(prefix.length).split("/")[0] ?? "";
      if (name !== "") names.add(name);
    }
    for (const mount of specOf(row, container.name)?.volumeMounts ?? []) {
      const parent = full === "/" ? "/" : `${full}/`;
      if (!mount.mountPath.startsWith(parent)) continue;
      exists = true;
      names.add(mount.mountPath.slice(parent.length).split("/")[0] ?? "");
    }
    names.delete("");
    return exists ? [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : undefined;
  };
  const put = (path: string, cwd: string, content: string | null): void => {
    const place = at(path, cwd);
    if (!place.readOnly) tx.write(fileTable).put({ uid: row.uid, place: place.place, path: place.path, content });
  };
  return {
    read,
    list,
    write: put,
    isDirectory: (path, cwd) => read(path, cwd) === undefined && list(path, cwd) !== undefined,
    makeDirectory: (path, cwd) => {
      const place = at(path, cwd);
      tx.write(fileTable).put({ uid: row.uid, place: place.place, path: `${place.path}/`, content: "" });
    },
    remove: (path, cwd) => {
      const place = at(path, cwd);
      const known = read(path, cwd) !== undefined || tx.read(fileTable).has(`${key(place)}/`);
      if (known) put(path, cwd, null);
      tx.write(fileTable).delete(`${key(place)}/`);
      return known;
    },
  };
}

/** Paths that a pattern with `*` in its last part names. */
export function globFiles(files: ShellFiles, pattern: string, cwd: string): readonly string[] {
  const slash = pattern.lastIndexOf("/");
  const directory = slash < 0 ? "." : pattern.slice(0, slash) || "/";
  const matcher = new RegExp(
    `^${pattern
      .slice(slash + 1)
      .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
      .replace(/\*/g, ".*")}$`,
  );
  return (files.list(directory, cwd) ?? [])
    .filter((name) => !name.startsWith(".") && matcher.test(name))
    .map((name) => (slash < 0 ? name : `${pattern.slice(0, slash)}/${name}`));
}
