/** Base64 of UTF-8 text, as Secrets hold it. Works on text alone, so it is the same in every browser and in Node. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function bytesOfBase64(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const c of text) {
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
  return bytes;
}

/** Text of base64 of UTF-8. */
export function decodeBase64(text: string): string {
  const bytes = bytesOfBase64(text);
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return String.fromCharCode(...bytes);
  }
}

/** Number of bytes that base64 text stands for. */
export const base64Length = (text: string): number => bytesOfBase64(text).length;

/** Base64 of a text's UTF-8. */
export function encodeBase64(text: string): string {
  const bytes: number[] = [];
  for (const part of encodeURIComponent(text).match(/%[0-9A-F]{2}|[^%]/g) ?? [])
    bytes.push(part.startsWith("%") ? Number.parseInt(part.slice(1), 16) : part.charCodeAt(0));
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const n = (a << 16) | (b << 8) | c;
    out += [18, 12, 6, 0].map((shift, j) => (j > bytes.length - i ? "=" : ALPHABET[(n >> shift) & 63])).join("");
  }
  return out;
}
