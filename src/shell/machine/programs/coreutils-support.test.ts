import { expect, test } from "vitest";
import { calendar, changedMode, MONTHS, modeString, rawMode, two } from "./coreutils-support";

test("modes in letters and as raw numbers", () => {
  const of = (kind: "file" | "dir" | "fifo", mode: number): string => modeString({ kind, mode });
  expect([of("file", 0o644), of("dir", 0o1777), of("file", 0o4755), of("file", 0o2644), of("fifo", 0o600)]).toEqual([
    "-rw-r--r--",
    "drwxrwxrwt",
    "-rwsr-xr-x",
    "-rw-r-Sr--",
    "prw-------",
  ]);
  expect(rawMode({ kind: "dir", mode: 0o755 }).toString(16)).toBe("41ed");
});

test("modes are changed by letters and octal numbers", () => {
  const changed = (text: string, before: number, directory = false): string => (changedMode(text, before, directory, 0o022) ?? -1).toString(8);
  expect([changed("u+x", 0o644), changed("go=", 0o644), changed("+w", 0o444), changed("a+X", 0o644), changed("a+X", 0o644, true)]).toEqual([
    "744",
    "600",
    "644",
    "644",
    "755",
  ]);
  expect([changed("755", 0o2644, true), changed("00755", 0o2644, true), changed("u=g", 0o070)]).toEqual(["2755", "755", "770"]);
  expect(changedMode("u+q", 0, false, 0)).toBeUndefined();
});

test("a moment has a date", () => {
  const { year, month, day, hour, minute, second, weekday, yearDay } = calendar(Date.UTC(2024, 1, 29, 13, 5, 9) * 1000);
  expect(`${weekday} ${MONTHS[month - 1]} ${day} ${two(hour)}:${two(minute)}:${two(second)} ${year} ${yearDay}`).toBe("Thu Feb 29 13:05:09 2024 60");
  expect(calendar(-1)).toMatchObject({ year: 1969, month: 12, day: 31, yearDay: 365 });
});
