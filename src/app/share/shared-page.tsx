/** A world that came by link: checked, then opened beside the person's own, which stays as it was. */
import { type ReactNode, useEffect, useState } from "react";
import type { Parsed } from "../../session/session-file";
import { decodeLink } from "../../session/share";
import { useDynamicT, useT } from "../../locales/i18n";
import { LabPage } from "../lab/lab-page";
import { PlainPage } from "../shell/plain-page";

/** Short name of a payload, for the place where its world is kept. */
function nameOf(payload: string): string {
  let hash = 2166136261;
  for (let i = 0; i < payload.length; i++) hash = Math.imul(hash ^ payload.charCodeAt(i), 16777619) >>> 0;
  return hash.toString(36);
}

export function useDecoded(payload: string | undefined): Parsed | undefined {
  const [parsed, setParsed] = useState<Parsed | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    setParsed(undefined);
    if (payload !== undefined) {
      void decodeLink(payload).then((next) => {
        if (!gone) setParsed(next);
      });
    }
    return () => {
      gone = true;
    };
  }, [payload]);
  return parsed;
}

export function RefusedLink({ reason }: { readonly reason: string }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  return (
    <PlainPage title={t("app.shared.refused")} crumb={t("home.crumb")}>
      <p className="lead">{named(`app.refusal.${reason}`)}</p>
      <p>
        <a href="#/lab">{t("app.shared.own")}</a>
      </p>
    </PlainPage>
  );
}

export function SharedPage({ payload }: { readonly payload: string }): ReactNode {
  const parsed = useDecoded(payload);
  if (parsed === undefined) return <div className="loading" aria-busy="true" />;
  if (!parsed.ok) return <RefusedLink reason={parsed.reason} />;
  return <LabPage key={payload} kind="shared" id={nameOf(payload)} file={parsed.file} />;
}
