/** What a person must know about this world: it is being prepared, a bug of ours, a link made by another version. One line each. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import type { SessionState } from "../../session/types";
import { ui } from "../store";
import { useSession, useWorldParts } from "./lab-context";

/** In place of a picture that would be of another moment than the one asked for. */
export function Preparing({ busy }: { readonly busy: SessionState["busy"] }): ReactNode {
  const t = useT();
  const share = busy === undefined || busy.of === 0 ? undefined : busy.done / busy.of;
  return (
    <div className="preparing" role="status" aria-busy="true">
      <p>{t("app.notice.preparing")}</p>
      <progress aria-label={t("app.notice.preparing")} value={share} />
    </div>
  );
}

export function WorldNotices(): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ error, notice }) => ({ error, notice }));
  if (world === undefined) return null;
  const { error, notice } = world;
  return (
    <>
      {error !== undefined && (
        <div className="notice bug" role="alert">
          <span>{t("app.notice.stopped", { position: error.position })}</span>
          <button type="button" className="button quiet" onClick={() => session.stepBack()}>
            {t("app.notice.rewind")}
          </button>
          <button type="button" className="button quiet" onClick={() => ui.open("share")}>
            {t("app.notice.report")}
          </button>
          <details>
            <summary>{t("app.notice.details")}</summary>
            <pre>{error.message}</pre>
          </details>
        </div>
      )}
      {notice !== undefined && (
        <div className="notice" role="status">
          {t(notice === "engine" ? "app.notice.engine" : "app.notice.hash")}
        </div>
      )}
    </>
  );
}
