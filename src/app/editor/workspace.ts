/** Files from outside: picked or dropped files and folders become files of the world's workspace, within limits. */
import type { Session } from "../../session/types";

export const MOST_FILES = 200;
export const LARGEST_FILE = 1 << 20;
export const LARGEST_ALL = 3 << 20;

export interface Taken {
  readonly written: readonly string[];
  /** Left out: too large, too many, or no text. */
  readonly refused: readonly { readonly path: string; readonly why: "tooLarge" | "tooMany" | "notText" }[];
}

interface Incoming {
  readonly path: string;
  readonly file: File;
}

const clean = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");

async function entriesOf(entry: FileSystemEntry, prefix: string, into: Incoming[]): Promise<void> {
  if (into.length > MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path: clean(prefix + entry.name), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const inner of batch) await entriesOf(inner, `${prefix}${entry.name}/`, into);
  }
}

/** Files and folders of a drop, folders with all that is in them. */
export async function filesOfDrop(data: DataTransfer): Promise<readonly Incoming[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const loose = entries.length === 0 ? [...data.files] : [];
  const into: Incoming[] = loose.map((file) => ({ path: clean(file.name), file }));
  for (const entry of entries) await entriesOf(entry, "", into);
  return into;
}

export const filesOfPick = (list: FileList): readonly Incoming[] =>
  [...list].map((file) => ({ path: clean(file.webkitRelativePath === "" ? file.name : file.webkitRelativePath), file }));

export async function take(session: Session, incoming: readonly Incoming[]): Promise<Taken> {
  const written: string[] = [];
  const refused: { path: string; why: "tooLarge" | "tooMany" | "notText" }[] = [];
  let size = 0;
  for (const { path, file } of incoming) {
    if (written.length >= MOST_FILES) refused.push({ path, why: "tooMany" });
    else if (file.size > LARGEST_FILE || size + file.size > LARGEST_ALL) refused.push({ path, why: "tooLarge" });
    else {
      const text = await file.text();
      if (text.includes("\0")) refused.push({ path, why: "notText" });
      else {
        size += file.size;
        session.writeFile(path, text);
        written.push(path);
      }
    }
  }
  return { written, refused };
}

export function download(name: string, text: string, type = "text/yaml"): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.split("/").at(-1) ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
