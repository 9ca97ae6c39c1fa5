/** Find an object by its name, and go to it. */
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { Dialog } from "../shell/dialog";
import { ui } from "../store";
import { useSession } from "./lab-context";
import { useNames } from "./names";

const MOST = 50;

export function FindDialog(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const session = useSession();
  const names = useNames();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = names.filter((object) => words.every((word) => `${object.kind} ${object.name}`.toLowerCase().includes(word))).slice(0, MOST);
  const choose = (index: number): void => {
    const object = found[index];
    if (object === undefined) return;
    session.select(object.uid);
    ui.setPanes({ inspector: true, inspectorOver: true });
    ui.open(undefined);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter") choose(at);
  };
  return (
    <Dialog title={t("app.find.title")} onClose={() => ui.open(undefined)}>
      <input
        type="search"
        data-first=""
        role="combobox"
        aria-expanded="true"
        aria-controls="find-list"
        aria-activedescendant={found[at] === undefined ? undefined : `find-${at}`}
        aria-label={t("app.find.title")}
        placeholder={t("app.find.hint")}
        style={{ width: "100%" }}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul className="find-list" role="listbox" id="find-list" aria-label={t("app.find.title")}>
        {found.map((object, i) => (
          <li key={object.uid} id={`find-${i}`} role="option" aria-selected={i === at} onClick={() => choose(i)}>
            <span className="kind">{named(`app.kind.${object.kind}`)}</span>
            <span className="name">{object.name}</span>
            <span className="kind">{object.namespace ?? ""}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="hint">{t("app.find.none", { text })}</p>}
    </Dialog>
  );
}
