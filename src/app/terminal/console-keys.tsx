/** Keys and beginnings of commands to tap: what a phone's keyboard lacks and what a hand would rather not type. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";

interface ConsoleKeysProps {
  readonly onStrike: (keys: string) => void;
}

const KEYS = [
  { id: "Ctrl-C", keys: "\x03" },
  { id: "Tab", keys: "\t" },
  { id: "↑", keys: "\x1b[A" },
  { id: "↓", keys: "\x1b[B" },
  { id: "Ctrl-D", keys: "\x04" },
] as const;
const BEGINNINGS = ["unshare -pf --mount-proc sh", "lsns", "ps -ef", "pstree -p", "mount", "ls -l ", "cat ", "echo ", "kill "] as const;

export function ConsoleKeys({ onStrike }: ConsoleKeysProps): ReactNode {
  const t = useT();
  return (
    <div className="chips" role="group" aria-label={t("app.terminal.keys")}>
      <div className="chips-row">
        <button type="button" className="chip" onClick={() => onStrike("\r")}>
          {t("app.terminal.run")}
        </button>
        {KEYS.map(({ id, keys }) => (
          <button key={id} type="button" className="chip" onClick={() => onStrike(keys)}>
            {id}
          </button>
        ))}
      </div>
      <div className="chips-row">
        {BEGINNINGS.map((text) => (
          <button key={text} type="button" className="chip" onClick={() => onStrike(text)}>
            {text.trim()}
          </button>
        ))}
      </div>
    </div>
  );
}
