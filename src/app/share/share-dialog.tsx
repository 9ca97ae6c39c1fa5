/** Hand this exact moment to somebody else: link, code, file; or take one in. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { MAX_FILE_BYTES, parseSessionText } from "../../session/session-file";
import { encodeLink } from "../../session/share";
import { useDynamicT, useT } from "../../locales/i18n";
import { download } from "../editor/workspace";
import { useSession, useWorld } from "../lab/lab-context";
import { Dialog } from "../shell/dialog";
import { FilePicker, JSON_FILES } from "../shell/file-picker";
import { ui } from "../store";
import { QrCode } from "./qr";

export function linkTo(route: "s" | "embed", payload: string): string {
  return `${location.origin}${location.pathname}#/${route}/${payload}`;
}

export function ShareDialog(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const session = useSession();
  const now = useWorld((state) => state.now) ?? 0;
  const [everything, setEverything] = useState(false);
  const [payload, setPayload] = useState<string | "tooLarge" | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let gone = false;
    void session
      .record(!everything)
      .then(encodeLink)
      .then((encoded) => {
        if (!gone) setPayload(encoded ?? "tooLarge");
      });
    return () => {
      gone = true;
    };
  }, [session, everything]);

  const link = payload === undefined || payload === "tooLarge" ? undefined : linkTo("s", payload);
  const copy = async (): Promise<void> => {
    if (link === undefined) return;
    try {
      await navigator.clipboard.writeText(link);
      ui.say(t("app.share.copied"));
    } catch {
      field.current?.select();
      ui.say(t("app.share.copyByHand"));
    }
  };
  const exportFile = (): void => {
    void session.record().then((file) => download(`strata-${file.config.seed}.json`, JSON.stringify(file), "application/json"));
  };
  const importFile = async (file: File): Promise<void> => {
    const parsed = file.size > MAX_FILE_BYTES ? ({ ok: false, reason: "tooLarge" } as const) : parseSessionText(await file.text());
    if (!parsed.ok) return ui.say(named(`app.refusal.${parsed.reason}`));
    await session.load(parsed.file);
    ui.open(undefined);
    ui.say(t("app.share.imported"));
  };

  return (
    <Dialog title={t("app.share.title")} onClose={() => ui.open(undefined)}>
      <p>{t("app.share.moment", { seconds: (now / 1e6).toFixed(1) })}</p>
      {payload === "tooLarge" && <p>{t("app.share.tooLong")}</p>}
      {link !== undefined && (
        <>
          <div className="row">
            <input ref={field} type="text" readOnly className="link-field" value={link} aria-label={t("app.share.link")} data-testid="share-link" />
            <button type="button" className="button" onClick={() => void copy()}>
              {t("app.share.copy")}
            </button>
          </div>
          <label className="row">
            <input type="checkbox" checked={everything} onChange={(event) => setEverything(event.target.checked)} />
            {t("app.share.branches")}
          </label>
          <QrCode text={link} />
          <h3>{t("app.share.embed")}</h3>
          <input
            type="text"
            readOnly
            className="link-field"
            style={{ width: "100%" }}
            aria-label={t("app.share.embed")}
            value={`<iframe src="${linkTo("embed", payload ?? "")}" width="960" height="600" title="Strata"></iframe>`}
          />
        </>
      )}
      <h3>{t("app.share.file")}</h3>
      <div className="row">
        <button type="button" className="button quiet" onClick={exportFile}>
          {t("app.share.export")}
        </button>
        <FilePicker accept={JSON_FILES} testId="session-picker" onPick={([file]) => file !== undefined && void importFile(file)}>
          {t("app.share.import")}
        </FilePicker>
      </div>
    </Dialog>
  );
}
