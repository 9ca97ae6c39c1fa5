/**
 * Sums of bytes: MD5, SHA-1 and SHA-256, over text whose characters are bytes.
 *
 * @source RFC 1321, RFC 3174, FIPS 180-4
 */
const words = (text: string): readonly number[] => text.split(" ").map((word) => Number.parseInt(word, 16));

const SINES = words(
  "d76aa478 e8c7b756 242070db c1bdceee f57c0faf 4787c62a a8304613 fd469501 698098d8 8b44f7af ffff5bb1 895cd7be 6b901122 fd987193 a679438e " +
    "49b40821 f61e2562 c040b340 265e5a51 e9b6c7aa d62f105d 02441453 d8a1e681 e7d3fbc8 21e1cde6 c33707d6 f4d50d87 455a14ed a9e3e905 fcefa3f8 " +
    "676f02d9 8d2a4c8a fffa3942 8771f681 6d9d6122 fde5380c a4beea44 4bdecfa9 f6bb4b60 bebfbc70 289b7ec6 eaa127fa d4ef3085 04881d05 d9d4d039 " +
    "e6db99e5 1fa27cf8 c4ac5665 f4292244 432aff97 ab9423a7 fc93a039 655b59c3 8f0ccc92 ffeff47d 85845dd1 6fa87e4f fe2ce6e0 a3014314 4e0811a1 " +
    "f7537e82 bd3af235 2ad7d2bb eb86d391",
);
const CUBE_ROOTS = words(
  "428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 " +
    "c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 " +
    "06ca6351 14292967 27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 " +
    "d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 " +
    "90befffa a4506ceb bef9a3f7 c67178f2",
);
const SQUARE_ROOTS = words("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19");
const MD5_START = words("67452301 efcdab89 98badcfe 10325476");
const SHA1_START = words("67452301 efcdab89 98badcfe 10325476 c3d2e1f0");
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

const left = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const right = (value: number, by: number): number => (value >>> by) | (value << (32 - by));
const at = (list: readonly number[], index: number): number => list[index] ?? 0;

/** Blocks of sixteen words, the length in bits at the end. */
function blocksOf(text: string, littleEndian: boolean): readonly (readonly number[])[] {
  const count = Math.ceil((text.length + 9) / 64);
  const all = Array.from({ length: count * 16 }, () => 0);
  const place = (byte: number, index: number): void => {
    const shift = (littleEndian ? index % 4 : 3 - (index % 4)) * 8;
    all[index >> 2] = at(all, index >> 2) | (byte << shift);
  };
  for (let i = 0; i < text.length; i++) place(text.charCodeAt(i) & 0xff, i);
  place(0x80, text.length);
  const bits = text.length * 8;
  const [low, high] = [bits >>> 0, Math.floor(bits / 2 ** 32)];
  all[all.length - 2] = littleEndian ? low : high;
  all[all.length - 1] = littleEndian ? high : low;
  return Array.from({ length: count }, (_, block) => all.slice(block * 16, block * 16 + 16));
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
const swapped = (word: number): number => (left(word, 8) & 0x00ff00ff) | (left(word, 24) & 0xff00ff00);

export function md5(text: string): string {
  let state = MD5_START;
  for (const block of blocksOf(text, true)) {
    let [a, b, c, d] = state as [number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const word = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const sum = (a + mixed + at(SINES, i) + at(block, word)) | 0;
      [a, d, c, b] = [d, c, b, (b + left(sum, SHIFTS[round]?.[i % 4] ?? 0)) | 0];
    }
    state = [a, b, c, d].map((word, i) => (word + at(state, i)) | 0);
  }
  return state.map((word) => hex(swapped(word))).join("");
}

export function sha1(text: string): string {
  let state = SHA1_START;
  for (const block of blocksOf(text, false)) {
    const w = [...block];
    for (let i = 16; i < 80; i++) w.push(left(at(w, i - 3) ^ at(w, i - 8) ^ at(w, i - 14) ^ at(w, i - 16), 1));
    let [a, b, c, d, e] = state as [number, number, number, number, number];
    for (let i = 0; i < 80; i++) {
      const [mixed, constant] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const sum = (left(a, 5) + mixed + e + constant + at(w, i)) | 0;
      [e, d, c, b, a] = [d, c, left(b, 30), a, sum];
    }
    state = [a, b, c, d, e].map((word, i) => (word + at(state, i)) | 0);
  }
  return state.map(hex).join("");
}

export function sha256(text: string): string {
  let state = SQUARE_ROOTS;
  for (const block of blocksOf(text, false)) {
    const w = [...block];
    for (let i = 16; i < 64; i++) {
      const [early, late] = [at(w, i - 15), at(w, i - 2)];
      const [one, two] = [right(early, 7) ^ right(early, 18) ^ (early >>> 3), right(late, 17) ^ right(late, 19) ^ (late >>> 10)];
      w.push((at(w, i - 16) + one + at(w, i - 7) + two) | 0);
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const chosen = (e & f) ^ (~e & g);
      const first = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + chosen + at(CUBE_ROOTS, i) + at(w, i)) | 0;
      const second = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    state = [a, b, c, d, e, f, g, h].map((word, i) => (word + at(state, i)) | 0);
  }
  return state.map(hex).join("");
}
