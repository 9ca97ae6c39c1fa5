/**
 * Links: a session file as deflated JSON in base64url, behind `#/s/`. Both directions are capped, so that a link can neither grow
 * without bound nor unfold into more than a page can hold.
 */
import { MAX_FILE_BYTES, type Parsed, parseSessionText } from "./session-file";
import type { SessionFile } from "./types";

/** Longest payload that browsers and chats carry reliably; longer worlds travel as a file. */
export const MAX_LINK_CHARACTERS = 60_000;

async function piped(bytes: Uint8Array<ArrayBuffer>, transform: GenericTransformStream, cap: number): Promise<Uint8Array | undefined> {
  const reader = (
    new Blob([bytes]).stream().pipeThrough(transform as ReadableWritablePair<Uint8Array, Uint8Array>) as ReadableStream<Uint8Array>
  ).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > cap) {
      await reader.cancel();
      return undefined;
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The payload of a link, or undefined when the session is too large for one. */
export async function encodeLink(file: SessionFile): Promise<string | undefined> {
  const bytes = new TextEncoder().encode(JSON.stringify(file));
  const packed = await piped(bytes, new CompressionStream("deflate-raw"), MAX_FILE_BYTES);
  const text = packed === undefined ? "" : toBase64Url(packed);
  return text.length === 0 || text.length > MAX_LINK_CHARACTERS ? undefined : text;
}

export async function decodeLink(payload: string): Promise<Parsed> {
  if (payload.length > MAX_LINK_CHARACTERS) return { ok: false, reason: "tooLarge" };
  const bytes = fromBase64Url(payload);
  if (bytes === undefined) return { ok: false, reason: "shape" };
  try {
    const text = await piped(bytes, new DecompressionStream("deflate-raw"), MAX_FILE_BYTES);
    return text === undefined ? { ok: false, reason: "tooLarge" } : parseSessionText(new TextDecoder().decode(text));
  } catch {
    return { ok: false, reason: "shape" };
  }
}
