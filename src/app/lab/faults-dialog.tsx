/** Break something: choose a fault and cause it at the playhead. */
import { type ReactNode, useState } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { Dialog } from "../shell/dialog";
import { ui, useUi } from "../store";
import { cause, type Fault, faultsOf } from "./fault-list";
import { useSession, useWorld } from "./lab-context";

const GROUPS: readonly Fault["group"][] = ["pod", "node", "component", "network"];

export function FaultsDialog(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const session = useSession();
  const cluster = useWorld((state) => state.cluster);
  const [filter, setFilter] = useState("");
  const faults = faultsOf(cluster)
    .map((fault) => ({ fault, says: named(`app.faults.${fault.text}`, fault.params) }))
    .filter(({ says }) => says.toLowerCase().includes(filter.toLowerCase()));
  return (
    <Dialog title={t("app.faults.title")} onClose={() => ui.open(undefined)}>
      <p className="hint">{t("app.faults.hint")}</p>
      <input
        type="search"
        data-first=""
        value={filter}
        style={{ width: "100%" }}
        aria-label={t("app.faults.filter")}
        placeholder={t("app.faults.filter")}
        onChange={(event) => setFilter(event.target.value)}
      />
      {GROUPS.map((group) => {
        const list = faults.filter(({ fault }) => fault.group === group);
        if (list.length === 0) return null;
        return (
          <section key={group}>
            <h3>{named(`app.faults.group.${group}`)}</h3>
            <div className="row">
              {list.map(({ fault, says }) => (
                <button
                  key={fault.id}
                  type="button"
                  className="button quiet"
                  onClick={() => {
                    cause(session, fault.message);
                    if (!useUi.getState().holdsTime) session.play();
                    ui.open(undefined);
                    ui.say(says);
                  }}
                >
                  {says}
                </button>
              ))}
            </div>
          </section>
        );
      })}
    </Dialog>
  );
}
