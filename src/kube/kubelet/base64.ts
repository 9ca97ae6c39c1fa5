/** Base64, as Secrets carry their data; bytes are read as UTF-8. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The text that base64 stands for; bytes that are no UTF-8 come out as U+FFFD. */
export function decodeBase64(encoded: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const c of encoded) {
    const value = ALPHABET.indexOf(c);
    if (value < 0) continue;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return decodeUtf8(bytes);
}

function decodeUtf8(bytes: readonly number[]): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i] ?? 0;
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    let point = more < 0 ? 0xfffd : more === 0 ? first : first & (0x3f >> more);
    for (let j = 0; j < more; j++) {
      const next = bytes[i + 1];
      if (next === undefined || (next & 0xc0) !== 0x80) {
        point = 0xfffd;
        break;
      }
      point = (point << 6) | (next & 0x3f);
      i++;
    }
    out += String.fromCodePoint(point > 0x10ffff ? 0xfffd : point);
  }
  return out;
}
