/** Break something, and see what is broken: active faults with their way back, then what can be broken, object by object. */
import { type ReactNode, useState } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import type { Words } from "../../stage/readmodel/types";
import { Dialog } from "../shell/dialog";
import { ui, useUi } from "../store";
import { type Breakable, breakables, type Broken, brokenNow, type Deed, type Group, GROUPS, perform } from "./fault-list";
import { useSession, useWorldParts } from "./lab-context";
import "./faults-dialog.css";

/** Rows of a group; the rest is found by its name. */
const MOST = 12;

function useDeed(): (deed: Deed, says: string) => void {
  const session = useSession();
  return (deed, says) => {
    perform(session, deed);
    if (!useUi.getState().holdsTime) session.play();
    ui.open(undefined);
    ui.say(says);
  };
}

export function FaultsDialog(): ReactNode {
  const t = useT();
  const words = useDynamicT();
  const world = useWorldParts(({ cluster, faults }) => ({ cluster, faults }));
  const [filter, setFilter] = useState("");
  if (world === undefined) return null;
  const nameOf = ({ key, params }: Words): string => words(key, params);
  const fits = ({ what }: Breakable): boolean => nameOf(what).toLowerCase().includes(filter.trim().toLowerCase());
  const all = breakables(world).filter(fits);
  return (
    <Dialog title={t("app.faults.title")} onClose={() => ui.open(undefined)} wide>
      <p className="hint">{t("app.faults.hint")}</p>
      <BrokenList broken={brokenNow(world)} />
      <input
        type="search"
        data-first=""
        value={filter}
        className="fault-filter"
        aria-label={t("app.faults.filter")}
        placeholder={t("app.faults.filter")}
        onChange={(event) => setFilter(event.target.value)}
      />
      {all.length === 0 && <p className="hint">{t("app.faults.none")}</p>}
      {GROUPS.map((group) => (
        <FaultGroup key={group} group={group} rows={all.filter((one) => one.group === group)} />
      ))}
    </Dialog>
  );
}

function BrokenList({ broken }: { readonly broken: readonly Broken[] }): ReactNode {
  const t = useT();
  const words = useDynamicT();
  const act = useDeed();
  if (broken.length === 0) return null;
  return (
    <section aria-label={t("app.faults.now")} className="broken-now">
      <h3>{t("app.faults.now")}</h3>
      <ul>
        {broken.map(({ id, what, matter, params, back, mends }) => {
          const name = words(what.key, what.params);
          const says = words(`app.faults.back.${back}`);
          return (
            <li key={id}>
              <span>{words(`app.faults.is.${matter}`, { ...params, name })}</span>
              <button type="button" className="button quiet" aria-label={`${says}: ${name}`} onClick={() => act(mends, `${says}: ${name}`)}>
                {says}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function FaultGroup({ group, rows }: { readonly group: Group; readonly rows: readonly Breakable[] }): ReactNode {
  const t = useT();
  const words = useDynamicT();
  const act = useDeed();
  if (rows.length === 0) return null;
  return (
    <section aria-label={words(`app.faults.group.${group}`)}>
      <h3>{words(`app.faults.group.${group}`)}</h3>
      <ul className="fault-rows">
        {rows.slice(0, MOST).map(({ id, what, choices }) => {
          const name = words(what.key, what.params);
          return (
            <li key={id}>
              <span className={group === "component" ? "fault-what" : "fault-what mono"}>{name}</span>
              <span className="fault-choices">
                {choices.map(({ verb, params, deed }) => {
                  const says = words(`app.faults.do.${verb}`, params);
                  return (
                    <button
                      key={says}
                      type="button"
                      className="button quiet"
                      aria-label={`${says}: ${name}`}
                      onClick={() => act(deed, `${says}: ${name}`)}
                    >
                      {says}
                    </button>
                  );
                })}
              </span>
            </li>
          );
        })}
      </ul>
      {rows.length > MOST && <p className="hint">{t("app.faults.more", { count: rows.length - MOST })}</p>}
    </section>
  );
}
