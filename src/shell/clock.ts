/** Virtual time as tools print it. */
import { rfc3339 } from "../kube/apis/time";
import type { Micros } from "../sim/types";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/** Day of the week of an RFC 3339 date, by Zeller's rule over the civil calendar. */
function weekday(text: string): string {
  const [y = 1970, m = 1, d = 1] = text.slice(0, 10).split("-").map(Number);
  const year = m <= 2 ? y - 1 : y;
  const era = Math.floor(year / 400);
  const yoe = year - era * 400;
  const doy = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  const days = era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
  return DAYS[((days % 7) + 7) % 7] ?? "";
}

/** `Thu Jan  1 00:00:30 UTC 2026`, as date(1) prints it. */
export function clockTime(at: Micros): string {
  const text = rfc3339(at);
  const month = MONTHS[Number(text.slice(5, 7)) - 1] ?? "";
  return `${weekday(text)} ${month} ${text.slice(8, 10).replace(/^0/, " ")} ${text.slice(11, 19)} UTC ${text.slice(0, 4)}`;
}

/** `Thu, 01 Jan 2026 00:00:30 +0000`: Go's RFC1123Z, as kubectl describe prints times. */
export function rfc1123z(text: string): string {
  const whole = text.replace(/\.\d+/, "");
  return `${weekday(whole)}, ${whole.slice(8, 10)} ${MONTHS[Number(whole.slice(5, 7)) - 1] ?? ""} ${whole.slice(0, 4)} ${whole.slice(11, 19)} +0000`;
}
