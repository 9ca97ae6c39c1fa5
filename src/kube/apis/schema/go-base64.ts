/** Go's encoding/base64 with padding: what it refuses and where, and text into it. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The position of the first wrong byte, or undefined when the text is good. Line breaks are skipped.
 * @source go@1.25 src/encoding/base64/base64.go Encoding.decodeQuantum
 */
export function base64Error(text: string): number | undefined {
  let at = 0;
  const isBreak = (index: number): boolean => text[index] === "\n" || text[index] === "\r";
  while (true) {
    let digits = 0;
    while (digits < 4) {
      if (at === text.length) return digits === 0 ? undefined : at - digits;
      if (isBreak(at)) at++;
      else if (ALPHABET.includes(text[at] ?? "")) {
        at++;
        digits++;
      } else break;
    }
    if (digits === 4) continue;
    if (text[at] !== "=" || digits < 2) return at;
    at++;
    if (digits === 2) {
      while (isBreak(at)) at++;
      if (at === text.length) return text.length;
      if (text[at] !== "=") return at;
      at++;
    }
    while (isBreak(at)) at++;
    return at < text.length ? at : undefined;
  }
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

/** A text's UTF-8 bytes in base64. */
export function toBase64(text: string): string {
  const bytes = utf8(text);
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(i, i + 3);
    const word = (a << 16) | (b << 8) | c;
    const left = bytes.length - i;
    out += (ALPHABET[word >> 18] ?? "") + (ALPHABET[(word >> 12) & 63] ?? "");
    out += (left > 1 ? (ALPHABET[(word >> 6) & 63] ?? "") : "=") + (left > 2 ? (ALPHABET[word & 63] ?? "") : "=");
  }
  return out;
}

/** How many bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const digits = text.replace(/[\r\n=]/g, "").length;
  return Math.floor((digits * 3) / 4);
}

/** The bytes of a base64 text, as a text of code points 0–255. */
export function fromBase64(text: string): string {
  let out = "";
  let word = 0;
  let bits = 0;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) continue;
    word = (word << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((word >> bits) & 255);
    }
  }
  return out;
}
