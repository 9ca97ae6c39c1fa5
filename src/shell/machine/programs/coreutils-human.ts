/**
 * Sizes for people: rounded up, one place below ten.
 *
 * @source coreutils@9.1 lib/human.c human_readable
 */
const LETTERS = ["", "K", "M", "G", "T", "P", "E"];

export function humanSize(bytes: number, base: 1000 | 1024 = 1024): string {
  let [value, power] = [bytes, 0];
  while (value >= base && power < LETTERS.length - 1) {
    value /= base;
    power++;
  }
  const letter = base === 1000 && power === 1 ? "k" : (LETTERS[power] ?? "");
  if (power === 0) return String(bytes);
  const tenths = Math.ceil(value * 10) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)}${letter}`;
  const whole = Math.ceil(value);
  return whole >= base && power < LETTERS.length - 1 ? `1.0${LETTERS[power + 1] ?? ""}` : `${whole}${letter}`;
}
