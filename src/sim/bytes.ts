/** Text as the bytes of UTF-8, one code unit each, as terminals and files hold it; and back. */

export function toBytes(text: string): string {
  let bytes = "";
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes += character;
    else if (point < 0x800) bytes += String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes += String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else bytes += String.fromCharCode(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 0x3f), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
  }
  return bytes;
}

const CHARACTER = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;

/** Bytes that are no UTF-8 stay as they are. */
export function fromBytes(bytes: string): string {
  return bytes.replace(CHARACTER, (character) => {
    const first = character.charCodeAt(0);
    let point = first & (0x7f >> character.length);
    for (let i = 1; i < character.length; i++) point = point * 64 + (character.charCodeAt(i) & 0x3f);
    return String.fromCodePoint(Math.min(point, 0x10ffff));
  });
}
