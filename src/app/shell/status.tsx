/** One plain line each: what the person should know about this page (offline, new version), and what has just happened. */
import { type ReactNode, useEffect } from "react";
import { useT } from "../../locales/i18n";
import { CrossIcon } from "../glyphs/icons";
import { useOffline } from "../offline";
import { useKeeping } from "../storage/keeping";
import { ui, useUi } from "../store";
import "./status.css";

const TOAST_MS = 6000;

export function StatusStrip(): ReactNode {
  const t = useT();
  const { online, update } = useOffline();
  const { trouble, progressLost } = useKeeping();
  const lines: ReactNode[] = [];
  if (update !== undefined) {
    lines.push(
      <span key="update">
        {t("app.status.update")}{" "}
        <button type="button" className="linklike" onClick={update}>
          {t("app.status.reload")}
        </button>
      </span>,
    );
  }
  if (!online) lines.push(<span key="offline">{t("app.status.offline")}</span>);
  if (trouble === "unavailable") lines.push(<span key="storage">{t("app.status.noStorage")}</span>);
  if (trouble === "full") lines.push(<span key="storage">{t("app.status.storageFull")}</span>);
  if (trouble === undefined && progressLost) lines.push(<span key="progress">{t("app.status.progressLost")}</span>);
  if (lines.length === 0) return null;
  return (
    <div className="status-strip" role="status">
      {lines}
    </div>
  );
}

export function ToastLine(): ReactNode {
  const t = useT();
  const toast = useUi((state) => state.toast);
  useEffect(() => {
    if (toast === undefined) return undefined;
    const timer = setTimeout(ui.unsay, TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="toast-place" role="status" aria-live="polite">
      {toast !== undefined && (
        <div className="toast">
          {toast.text}
          <button type="button" className="tb" aria-label={t("app.close")} onClick={ui.unsay}>
            <CrossIcon />
          </button>
        </div>
      )}
    </div>
  );
}
