/** The lab: one world with its stage, Score, inspector and dock. Free, as a lesson, as an exercise, from a link, or embedded. */
import { type ReactNode, useEffect } from "react";
import { type SessionFile, sessionOf } from "../../session/types";
import { useDynamicT, useLanguage, useT } from "../../locales/i18n";
import { type CourseItem, titleOf } from "../course";
import { isBuilt, placeOfId } from "../course-catalog";
import { RefusedLink, useDecoded } from "../share/shared-page";
import { ui } from "../store";
import { useNarrow } from "../shell/media";
import { useTitle } from "../shell/title";
import { useRegionRing } from "../shell/region-ring";
import { DeskShell } from "./desk-shell";
import { Dialogs } from "./dialogs";
import { EmbedShell } from "./embed-shell";
import { LabProvider, useLab } from "./lab-context";
import { machineConfig } from "./lab-session";
import { useLabKeys } from "./lab-keys";
import { CourseColumn } from "../lesson/course-column";
import { MobileShell } from "./mobile-shell";
import { useFileDrop } from "./file-drop";
import { useMeasures } from "./measures";
import "./lab.css";

export type LabKind = "lab" | "machine" | "lesson" | "exercise" | "shared" | "embed";

interface LabPageProps {
  readonly kind: LabKind;
  readonly id?: string;
  readonly file?: SessionFile;
  readonly payload?: string;
  readonly item?: CourseItem;
}

export interface ShellProps {
  readonly item: CourseItem | undefined;
  readonly kind: LabKind;
  readonly title: string;
  readonly place: { readonly text: string; readonly href: string } | undefined;
  readonly lesson: ReactNode;
}

export function LabPage({ kind, id, file, payload, item }: LabPageProps): ReactNode {
  const decoded = useDecoded(kind === "embed" ? payload : undefined);
  const t = useT();
  const language = useLanguage();
  const place = kind === "embed" ? undefined : id === undefined ? kind : `${kind}:${id}`;
  if (payload !== undefined && decoded === undefined) return <div className="loading" aria-busy="true" />;
  if (decoded !== undefined && !decoded.ok) return <RefusedLink reason={decoded.reason} />;
  return (
    <LabProvider
      key={place}
      place={place}
      initial={decoded?.ok === true ? decoded.file : kind === "machine" ? sessionOf(machineConfig(language)) : file}
      waiting={<p className="part-loading">{t("app.loading", { what: t("app.world") })}</p>}
    >
      <OpenLab kind={kind} id={id} item={item} payload={payload ?? id} />
    </LabProvider>
  );
}

const UNION_CHAPTER = 6;

/** Where a lesson or an exercise looks at a machine. */
const depthOf = (item: CourseItem): "fs" | "kern" =>
  (item.kind === "lesson" ? item.lesson.variant === "layers" : item.exercise.chapter === UNION_CHAPTER) ? "fs" : "kern";

interface OpenLabProps {
  readonly kind: LabKind;
  readonly id: string | undefined;
  readonly item: CourseItem | undefined;
  readonly payload: string | undefined;
}

function OpenLab({ kind, id, item, payload }: OpenLabProps): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const language = useLanguage();
  const narrow = useNarrow();
  useLabKeys();
  useRegionRing();
  useMeasures();
  const lab = useLab();
  useEffect(() => {
    // A new free lab is alive from the start; a world that was left stands where it was left.
    if ((kind === "lab" || kind === "machine" || (kind === "embed" && payload === undefined)) && !lab.restored) lab.session.play();
  }, [kind, lab, payload]);
  useEffect(() => {
    if (item !== undefined) ui.goTo(depthOf(item));
  }, [item]);
  const drop = useFileDrop();
  const stratum = id !== undefined && isBuilt(id) ? placeOfId(id) : undefined;
  const course = kind === "lesson" || kind === "exercise";
  const props: ShellProps = {
    item,
    kind,
    title:
      item !== undefined && id !== undefined
        ? `${id} ${titleOf(item)[language]}`
        : t(kind === "shared" ? "app.shared.title" : kind === "machine" ? "app.machine" : "app.lab"),
    place: course && stratum !== undefined ? { text: named(`home.stratum.${stratum}.name`), href: `#/stratum/${stratum}` } : undefined,
    lesson: item === undefined ? undefined : <CourseColumn item={item} />,
  };
  useTitle(props.title);
  return (
    <div className="lab" {...drop.handlers} data-dropping={drop.over ? "" : undefined}>
      {kind === "embed" ? <EmbedShell item={item} /> : narrow ? <MobileShell {...props} /> : <DeskShell {...props} />}
      {drop.over && <div className="drop-note">{t("app.files.drop")}</div>}
      <Dialogs />
    </div>
  );
}
