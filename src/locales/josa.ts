/**
 * Korean particles whose form hangs on the last sound of the word before: 은/는, 이/가, 을/를, 과/와, 으로/로.
 * Used in locale files as `{{name, josa(pair: 을/를)}}`.
 *
 * Not modelled: Latin words are judged by their last letters as Korean speakers usually read them; there is no dictionary.
 */
const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;
/** How 0–9 end when read in Korean: no final sound, ㄹ, or another. */
const DIGITS = ["other", "rieul", "none", "other", "none", "none", "other", "rieul", "rieul", "none"] as const;
type Ending = "none" | "rieul" | "other";

function endingOf(word: string): Ending {
  const bare = word.replace(/[\s"'”’)\]`]+$/u, "");
  const last = bare.at(-1) ?? "";
  const code = last.charCodeAt(0);
  if (code >= HANGUL_FIRST && code <= HANGUL_LAST) {
    const final = (code - HANGUL_FIRST) % FINALS;
    return final === 0 ? "none" : final === RIEUL ? "rieul" : "other";
  }
  if (/\d/.test(last)) return DIGITS[Number(last)] ?? "none";
  if (/l$/i.test(last)) return "rieul";
  if (/(?:[mn]|ng|[aeiou][bckpt])$/i.test(bare)) return "other";
  return "none";
}

/** The word with the fitting form of a pair such as `은/는`. */
export function withJosa(word: string, pair: string): string {
  const [closed = "", open = ""] = pair.split("/");
  const ending = endingOf(word);
  const takesOpen = ending === "none" || (ending === "rieul" && closed === "으로");
  return word + (takesOpen ? open : closed);
}
