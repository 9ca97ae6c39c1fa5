/** The list of keys, as they are set now. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { actionText, keyOf, LAB_ACTION_NAMES, PRESENTER_ACTION_NAMES } from "../keymap";
import { ui, useUi } from "../store";
import { Dialog } from "./dialog";

const ALWAYS = ["F6", "Esc", "Ctrl+Enter"] as const;

export function HelpSheet(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const { keymap, keysOn } = useUi();
  return (
    <Dialog title={t("app.help.title")} wide onClose={() => ui.open(undefined)}>
      {!keysOn && <p>{t("app.help.off")}</p>}
      <ul className="keys">
        {LAB_ACTION_NAMES.map((action) => (
          <li key={action}>
            <span>{named(actionText(action))}</span>
            <kbd>{keyOf(action, keymap)}</kbd>
          </li>
        ))}
        {ALWAYS.map((key) => (
          <li key={key}>
            <span>{named(`app.help.fixed.${key.replace("+", "")}`)}</span>
            <kbd>{key}</kbd>
          </li>
        ))}
      </ul>
      <h3>{t("app.help.presenter")}</h3>
      <ul className="keys">
        {PRESENTER_ACTION_NAMES.map((action) => (
          <li key={action}>
            <span>{named(actionText(action))}</span>
            <kbd>{keyOf(action, keymap)}</kbd>
          </li>
        ))}
      </ul>
      <p className="hint">
        <a href="#/settings" onClick={() => ui.open(undefined)}>
          {t("app.help.change")}
        </a>
      </p>
    </Dialog>
  );
}
