/** Settings: language, theme, motion, keys, and what the browser keeps. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { download } from "../editor/workspace";
import { FilePicker, JSON_FILES } from "../shell/file-picker";
import { PlainPage } from "../shell/plain-page";
import { LanguageSwitch, Segmented } from "../shell/switches";
import { parseProgress, progress, useProgress } from "../storage/progress";
import { type Motion, type Theme, ui, useUi } from "../store";
import { KeyTable } from "./key-table";

const LARGEST_PROGRESS = 1 << 18;

export function SettingsPage(): ReactNode {
  const t = useT();
  const { theme, motion, keysOn } = useUi();
  return (
    <PlainPage title={t("app.settings.title")} crumb={t("home.crumb")}>
      <h2>{t("app.settings.look")}</h2>
      <div className="settings">
        <Row what={t("app.language")}>
          <LanguageSwitch />
        </Row>
        <Row what={t("app.settings.theme")}>
          <Segmented<Theme>
            label={t("app.settings.theme")}
            value={theme}
            onChange={ui.setTheme}
            options={[
              { value: "system", text: t("app.settings.system") },
              { value: "light", text: t("app.settings.light") },
              { value: "dark", text: t("app.settings.dark") },
            ]}
          />
        </Row>
        <Row what={t("app.settings.motion")} hint={t("app.settings.motionHint")}>
          <Segmented<Motion>
            label={t("app.settings.motion")}
            value={motion}
            onChange={ui.setMotion}
            options={[
              { value: "system", text: t("app.settings.system") },
              { value: "reduced", text: t("app.settings.reduced") },
            ]}
          />
        </Row>
      </div>
      <h2>{t("app.settings.keys")}</h2>
      <div className="settings">
        <Row what={t("app.settings.single")} hint={t("app.settings.singleHint")}>
          <Segmented
            label={t("app.settings.single")}
            value={keysOn ? "on" : "off"}
            onChange={(value) => ui.setKeysOn(value === "on")}
            options={[
              { value: "on", text: t("app.settings.on") },
              { value: "off", text: t("app.settings.off") },
            ]}
          />
        </Row>
      </div>
      <KeyTable />
      <Kept />
    </PlainPage>
  );
}

function Row({ what, hint, children }: { readonly what: string; readonly hint?: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="row">
      <div className="what">
        {what}
        {hint !== undefined && <small>{hint}</small>}
      </div>
      <div>{children}</div>
    </div>
  );
}

function Kept(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const done = Object.keys(useProgress((state) => state.done)).length;
  const take = async (file: File): Promise<void> => {
    const parsed = file.size > LARGEST_PROGRESS ? undefined : parseProgress(await file.text());
    if (parsed === undefined) return ui.say(t("app.settings.noProgress"));
    progress.replace(parsed);
    ui.say(t("app.settings.tookProgress", { count: Object.keys(parsed.done).length }));
  };
  return (
    <>
      <h2>{t("app.settings.kept")}</h2>
      <p>{named("app.settings.progress", { count: done })}</p>
      <div className="row-buttons">
        <button
          type="button"
          className="button quiet"
          onClick={() => download("strata-progress.json", JSON.stringify(useProgress.getState()), "application/json")}
        >
          {t("app.settings.export")}
        </button>
        <FilePicker accept={JSON_FILES} testId="progress-picker" onPick={([file]) => file !== undefined && void take(file)}>
          {t("app.settings.import")}
        </FilePicker>
        <button
          type="button"
          className="button quiet"
          onClick={() => {
            if (confirm(t("app.settings.forgetSure"))) progress.forget();
          }}
        >
          {t("app.settings.forget")}
        </button>
      </div>
    </>
  );
}
