/** The bar above the lab: where this is, branches, presenting, theme, language, help. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { isMachineWorld } from "../../session/types";
import { BoltIcon, BranchIcon, LinkIcon, PlusIcon, PresentIcon } from "../glyphs/icons";
import { Brand } from "../glyphs/core";
import { useWorld } from "../lab/lab-context";
import { ui } from "../store";
import { LanguageSwitch, ThemeButton } from "./switches";
import { useLessonRoom } from "./media";

interface TopBarProps {
  /** The stratum or the kind of page. */
  readonly place: { readonly text: string; readonly href: string } | undefined;
  readonly title: string;
}

export function TopBar({ place, title }: TopBarProps): ReactNode {
  const t = useT();
  const words = useLessonRoom();
  const onMachine = useWorld(({ config }) => isMachineWorld(config)) === true;
  const branches = useWorld((state) => state.branches.length) ?? 1;
  return (
    <header className="top">
      <a className="brand" href="#/" aria-label={t("app.home")}>
        <Brand />
        Strata
      </a>
      <span className="sl" aria-hidden="true">
        /
      </span>
      <nav className="crumb" aria-label={t("app.crumbs")}>
        {place !== undefined && (
          <>
            <a href={place.href}>{place.text}</a>
            <span className="sl" aria-hidden="true">
              /
            </span>
          </>
        )}
        <b>{title}</b>
      </nav>
      <span className="sp" />
      {place === undefined && (
        <button type="button" className="tb" onClick={() => ui.open("world")}>
          <PlusIcon />
          <span className={words ? undefined : "visually-hidden"}>{t("app.newWorld.open")}</span>
        </button>
      )}
      {!onMachine && (
        <button type="button" className="tb" onClick={() => ui.open("faults")}>
          <BoltIcon />
          <span className={words ? undefined : "visually-hidden"}>{t("app.faults.open")}</span>
        </button>
      )}
      <button type="button" className="tb" onClick={() => ui.open("branches")} title={t("app.branches.title")}>
        <BranchIcon />
        <span className={words ? undefined : "visually-hidden"}>{t("app.branches.open")}</span> <span className="num">{branches}</span>
      </button>
      <button type="button" className="tb" onClick={() => ui.open("share")}>
        <LinkIcon />
        <span className={words ? undefined : "visually-hidden"}>{t("app.share.open")}</span>
      </button>
      <a className="tb" href={onMachine ? "#/present/kernel" : "#/present/loops"}>
        <PresentIcon />
        <span className={words ? undefined : "visually-hidden"}>{t("app.present")}</span>
      </a>
      <ThemeButton />
      <LanguageSwitch />
      <button type="button" className="tb" aria-label={t("app.help.open")} onClick={() => ui.open("help")}>
        <kbd>?</kbd>
      </button>
    </header>
  );
}
