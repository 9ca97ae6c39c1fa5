/**
 * metav1.Time in virtual time: seconds are what the API shows, microseconds are what the simulation keeps.
 * The epoch of a world is 2026-01-01T00:00:00Z.
 */
import type { Micros } from "../../sim/types";

const EPOCH_DAYS = daysFromCivil(2026, 1, 1);
const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** Days since 1970-01-01 of a Gregorian date. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

/** Texts of seconds, so that the many times that say the same share one text. */
const texts = new Map<number, string>();
const MOST_TEXTS = 4096;

/** RFC 3339 with whole seconds, UTC. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go MarshalJSON */
export function rfc3339(at: Micros): string {
  const total = Math.floor(at / 1_000_000);
  const known = texts.get(total);
  if (known !== undefined) return known;
  if (texts.size >= MOST_TEXTS) texts.clear();
  const text = secondText(total);
  texts.set(total, text);
  return text;
}

function secondText(total: number): string {
  const day = Math.floor(total / 86400);
  const rest = total - day * 86400;
  const z = day + EPOCH_DAYS + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const d = doy - Math.floor((153 * mp + 2) / 5) + 1;
  return `${year}-${two(month)}-${two(d)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`;
}

/** Virtual time of an RFC 3339 text (fractions and offsets allowed); undefined when it is none. */
export function parseTime(text: string): Micros | undefined {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!m) return undefined;
  const n = (i: number): number => Number(m[i] ?? 0);
  const zone = m[8] ?? "Z";
  const offset = zone === "Z" ? 0 : (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60);
  const secs = (daysFromCivil(n(1), n(2), n(3)) - EPOCH_DAYS) * 86400 + n(4) * 3600 + n(5) * 60 + n(6) - offset;
  return secs * 1_000_000 + Number((m[7] ?? "").padEnd(6, "0").slice(0, 6));
}
