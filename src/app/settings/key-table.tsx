/** Every key can be another one: press the button, then the key. */
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { type Action, actionText, keyOf, LAB_ACTION_NAMES, nameOfEvent, PRESENTER_ACTION_NAMES } from "../keymap";
import { ui, useUi } from "../store";

const RESERVED = ["Tab", "Escape", "Enter", "F6", "Shift", "Control", "Alt", "Meta"];

export function KeyTable(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const keymap = useUi((state) => state.keymap);
  const [waiting, setWaiting] = useState<Action | undefined>(undefined);
  const hear = (event: KeyboardEvent, action: Action): void => {
    if (waiting !== action) return;
    if (event.key === "Escape") return setWaiting(undefined);
    if (RESERVED.includes(event.key)) return;
    event.preventDefault();
    const key = nameOfEvent(event.nativeEvent);
    const group: readonly Action[] = action.startsWith("present.") ? PRESENTER_ACTION_NAMES : LAB_ACTION_NAMES;
    const other = group.find((name) => name !== action && keyOf(name, keymap) === key);
    if (other !== undefined) ui.say(t("app.settings.taken", { key, action: named(actionText(other)) }));
    else ui.setKey(action, key);
    setWaiting(undefined);
  };
  return (
    <table className="keys-table">
      <tbody>
        {[...LAB_ACTION_NAMES, ...PRESENTER_ACTION_NAMES].map((action) => (
          <tr key={action}>
            <td>
              {action.startsWith("present.") && `${t("app.action.present")}: `}
              {named(actionText(action))}
            </td>
            <td>
              {keymap[action] !== undefined && (
                <button type="button" className="tb" onClick={() => ui.setKey(action, undefined)}>
                  {t("app.settings.reset")}
                </button>
              )}
              <button
                type="button"
                className="tb"
                aria-label={t("app.settings.change", { action: named(actionText(action)) })}
                onClick={() => setWaiting(action)}
                onBlur={() => setWaiting(undefined)}
                onKeyDown={(event) => hear(event, action)}
              >
                <kbd>{waiting === action ? t("app.settings.press") : keyOf(action, keymap)}</kbd>
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
