/** `?view=rolling&w=1008&h=484&lang=ko&theme=dark` shows one picture at a size. */
import { useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import i18next from "i18next";
import { startLanguage, useDynamicT } from "../../src/locales/i18n";
import { ClusterStage } from "../../src/stage/cluster-stage";
import { StageText } from "../../src/stage/stage-text";
import { StageWords } from "../../src/stage/words";
import "../../src/app/styles/tokens.css";
import "../../src/app/styles/fonts";
import "../../src/app/styles/base.css";
import { busy, empty, hundred, rolling } from "./fixtures";

const query = new URLSearchParams(location.search);
const text = (name: string, fallback: string): string => query.get(name) ?? fallback;
const size = { width: Number(text("w", "1008")), height: Number(text("h", "484")) };
const VIEWS = { rolling, empty, busy, hundred };

function Page(): ReactNode {
  const t = useDynamicT();
  const [selection, setSelection] = useState<string | undefined>(query.get("select") ?? undefined);
  const view = (VIEWS[text("view", "rolling") as keyof typeof VIEWS] ?? rolling)();
  return (
    <StageWords value={t}>
      <div style={size} id="picture">
        {query.has("text") ? (
          <StageText view={view} selection={selection} onSelect={setSelection} />
        ) : (
          <ClusterStage view={view} selection={selection} onSelect={setSelection} onAction={(action) => console.log(JSON.stringify(action))} />
        )}
      </div>
    </StageWords>
  );
}

document.documentElement.dataset["theme"] = text("theme", "light");
await startLanguage(text("lang", "en") === "ko" ? "ko" : "en");
document.documentElement.lang = i18next.language;
createRoot(document.getElementById("root") as HTMLElement).render(<Page />);
