/** The branches of this session: stand on one, make one, see what differs between two. */
import { type ReactNode, useState } from "react";
import type { BranchView, ObjectDifference } from "../../session/types";
import { useT } from "../../locales/i18n";
import { Dialog } from "../shell/dialog";
import { ui } from "../store";
import { useSession, useWorld } from "./lab-context";

interface Differences {
  readonly other: BranchView;
  /** Where each was read. */
  readonly here: number;
  readonly there: number;
  readonly list: readonly ObjectDifference[];
}

export function BranchesDialog(): ReactNode {
  const t = useT();
  const session = useSession();
  const branches = useWorld((state) => state.branches) ?? [];
  const [name, setName] = useState("");
  const [differences, setDifferences] = useState<Differences | undefined>(undefined);
  const active = branches.find((branch) => branch.active);
  const seconds = (micros: number): string => t("app.seconds", { seconds: (micros / 1e6).toFixed(1) });
  const compare = (other: BranchView, at?: number): void => {
    if (active === undefined) return;
    const times = at === undefined ? { here: active.now, there: other.now } : { here: at, there: at };
    void session
      .request({ kind: "compare", a: active.id, b: other.id, ...(at === undefined ? {} : { at }) })
      .then((answer) => setDifferences({ other, ...times, list: Array.isArray(answer) ? (answer as unknown as readonly ObjectDifference[]) : [] }));
  };
  return (
    <Dialog title={t("app.branches.title")} wide onClose={() => ui.open(undefined)}>
      <p className="hint">{t("app.branches.hint")}</p>
      <table>
        <thead>
          <tr>
            <th>{t("app.branches.name")}</th>
            <th>{t("app.branches.fork")}</th>
            <th>{t("app.branches.at")}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {branches.map((branch) => (
            <tr key={branch.id}>
              <td>{branch.active ? <b>{branch.name}</b> : branch.name}</td>
              <td className="num">{branch.parent === null ? "" : seconds(branch.forkAt)}</td>
              <td className="num">{`${seconds(branch.now)} / ${seconds(branch.head)}`}</td>
              <td>
                {!branch.active && (
                  <span className="row">
                    <button type="button" className="button quiet" onClick={() => session.switchBranch(branch.id)}>
                      {t("app.branches.switch")}
                    </button>
                    <button type="button" className="button quiet" onClick={() => compare(branch)}>
                      {t("app.branches.compare")}
                    </button>
                    <button
                      type="button"
                      className="button quiet"
                      onClick={() => {
                        ui.overlay(branch.id);
                        ui.open(undefined);
                      }}
                    >
                      {t("app.branches.overlay")}
                    </button>
                  </span>
                )}
                {branch.active && t("app.branches.here")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          session.branch(name.trim() === "" ? undefined : name.trim().slice(0, 60));
          setName("");
        }}
      >
        <input
          type="text"
          value={name}
          onChange={(event) => setName(event.target.value)}
          aria-label={t("app.branches.name")}
          placeholder={t("app.branches.name")}
        />
        <button type="submit" className="button">
          {t("app.branches.make")}
        </button>
      </form>
      {differences !== undefined && (
        <section>
          <h3>{t("app.branches.differ", { name: differences.other.name })}</h3>
          <p>
            {differences.here === differences.there
              ? t("app.branches.both", { at: seconds(differences.here) })
              : t("app.branches.each", { here: seconds(differences.here), there: seconds(differences.there) })}
          </p>
          {active !== undefined && differences.here !== differences.there && (
            <p className="row">
              {[...new Set([differences.here, differences.there].map((at) => Math.min(at, active.head, differences.other.head)))].map((at) => (
                <button key={at} type="button" className="button" onClick={() => compare(differences.other, at)}>
                  {t("app.branches.compareAt", { at: seconds(at) })}
                </button>
              ))}
            </p>
          )}
          {differences.list.length === 0 && <p>{t("app.branches.same")}</p>}
          <table>
            <tbody>
              {differences.list.slice(0, 200).map((difference) => (
                <tr key={`${difference.resource}/${difference.key}`}>
                  <td>{difference.resource}</td>
                  <td className="mono">{difference.key}</td>
                  <td>
                    {difference.side === "both"
                      ? (difference.paths ?? []).slice(0, 6).join(", ")
                      : t(difference.side === "a" ? "app.branches.onlyHere" : "app.branches.onlyThere")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Dialog>
  );
}
