/** Every command and fault of this branch: what was typed, applied, or done with the hand on the stage, as the command that does the same. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { useSession, useWorld } from "./lab-context";

export function CommandLog(): ReactNode {
  const t = useT();
  const session = useSession();
  const all = useWorld((state) => state.commands) ?? [];
  const commands = all.filter(({ text }) => text !== "");
  if (commands.length === 0) return <p className="command-log empty">{t("app.dock.noCommands")}</p>;
  return (
    <ol className="command-log">
      {commands.map((command, i) => (
        <li key={`${command.at}-${i}`}>
          <button type="button" className="at num" title={t("app.dock.seek")} onClick={() => session.seek(command.at)}>
            {t("app.seconds", { seconds: (command.at / 1e6).toFixed(1) })}
          </button>
          <code>{command.text}</code>
        </li>
      ))}
    </ol>
  );
}
