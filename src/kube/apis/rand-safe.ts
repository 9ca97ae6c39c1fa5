/**
 * The alphabet of generated names: no vowels and no look-alikes, so that no words arise.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go
 */
export const SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/**
 * Each byte becomes the character of the alphabet at its value modulo 27.
 * @rule kube.rand.safe-encode
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go SafeEncodeString
 */
export function safeEncode(text: string): string {
  const out: string[] = [];
  for (const byte of utf8Bytes(text)) out.push(SAFE_ALPHABET[byte % SAFE_ALPHABET.length] ?? "");
  return out.join("");
}

/** UTF-8 bytes of a text. */
export function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const c = character.codePointAt(0) ?? 0;
    if (c < 0x80) bytes.push(c);
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return bytes;
}
