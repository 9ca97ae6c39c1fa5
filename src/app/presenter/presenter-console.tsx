/** A terminal over the lower half of the slide, in type that the last row can read. */
import { lazy, type ReactNode, Suspense } from "react";
import { useT } from "../../locales/i18n";
import { CrossIcon } from "../glyphs/icons";

const TerminalPane = lazy(() => import("../terminal/terminal-pane").then((module) => ({ default: module.TerminalPane })));
const SIZE = 20;

export function PresenterConsole({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useT();
  return (
    <section className="presenter-console" data-region="terminal" aria-label={t("app.dock.terminal")}>
      <button type="button" className="tb" aria-label={t("app.close")} onClick={onClose}>
        <CrossIcon />
      </button>
      <Suspense fallback={null}>
        <TerminalPane fontSize={SIZE} focus />
      </Suspense>
    </section>
  );
}
