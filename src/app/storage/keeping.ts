/**
 * Sessions kept in the browser (IndexedDB): one file per place, such as the free lab or a lesson. When the browser has no storage, or it
 * is full, nothing is lost silently: the status line says so and the export as a file still works.
 */
import { type IDBPDatabase, openDB } from "idb";
import { create } from "zustand";
import type { SessionFile } from "../../session/types";
import { parseSessionFile } from "../../session/session-file";
import { forgetStanding } from "./standing";

type Trouble = "unavailable" | "full";
interface Keeping {
  readonly trouble: Trouble | undefined;
  /** Lessons and exercises done are not kept. */
  readonly progressLost: boolean;
  /** When the last autosave was written, as a count; for tests and the status. */
  readonly saves: number;
}

export const useKeeping = create<Keeping>()(() => ({ trouble: undefined, progressLost: false, saves: 0 }));

const STORE = "sessions";
let opened: Promise<IDBPDatabase | undefined> | undefined;

/** A database that does not answer by then is none. */
const PATIENCE_MS = 4000;

/** Where storage is forbidden, some browsers throw already when it is asked for, and some never answer. */
async function open(): Promise<IDBPDatabase | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS));
  try {
    const db = await Promise.race([openDB("strata", 1, { upgrade: (fresh) => void fresh.createObjectStore(STORE) }), late]);
    if (db !== undefined) return db;
  } catch {
    // Said below.
  }
  useKeeping.setState({ trouble: "unavailable" });
  return undefined;
}

function database(): Promise<IDBPDatabase | undefined> {
  opened ??= open();
  return opened;
}

function troubleOf(error: unknown): Trouble {
  return error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "unavailable";
}

/** Worlds from links come without end, so only those last used stay. */
const SHARED = "shared:";
const MOST_SHARED = 20;
const RECENT = "strata.shared";

function recent(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

async function forgetOld(db: IDBPDatabase, place: string): Promise<void> {
  const before = recent();
  if (before[0] === place) return;
  const used = [place, ...before.filter((one) => one !== place)].slice(0, MOST_SHARED);
  localStorage.setItem(RECENT, JSON.stringify(used));
  const known = (await db.getAllKeys(STORE)).filter((key) => typeof key === "string" && key.startsWith(SHARED)) as readonly string[];
  const staying = [...used, ...known.filter((key) => !used.includes(key))].slice(0, MOST_SHARED);
  for (const key of known) {
    if (staying.includes(key)) continue;
    await db.delete(STORE, key);
    forgetStanding(key);
  }
}

export async function keep(place: string, file: SessionFile): Promise<void> {
  const db = await database();
  if (db === undefined) return;
  try {
    await db.put(STORE, file, place);
    if (place.startsWith(SHARED)) await forgetOld(db, place);
    useKeeping.setState(({ saves }) => ({ trouble: undefined, saves: saves + 1 }));
  } catch (error) {
    useKeeping.setState({ trouble: troubleOf(error) });
  }
}

/** What was kept for a place. A damaged file counts as none. */
export async function kept(place: string): Promise<SessionFile | undefined> {
  const db = await database();
  if (db === undefined) return undefined;
  try {
    const parsed = parseSessionFile(await db.get(STORE, place));
    return parsed.ok ? parsed.file : undefined;
  } catch {
    return undefined;
  }
}
