/** `?view=rolling&w=1008&h=484&lang=ko&theme=dark` shows one picture at a size. */
import { useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import i18next from "i18next";
import { startLanguage, useDynamicT } from "../../src/locales/i18n";
import { ClusterStage, type StageVariant } from "../../src/stage/cluster-stage";
import { StageText } from "../../src/stage/stage-text";
import { StageWords } from "../../src/stage/words";
import "../../src/app/styles/tokens.css";
import "../../src/app/styles/fonts";
import "../../src/app/styles/base.css";
import { clusterView } from "../../src/stage/readmodel/cluster-view";
import { nowLineView } from "../../src/stage/readmodel/now-line";
import { gridView } from "../../src/stage/readmodel/grid-view";
import { inspectorView } from "../../src/stage/readmodel/inspector-view";
import { Inspector } from "../../src/stage/inspect/inspector";
import { type CurvePoint, PredictCurve } from "../../src/stage/predict-curve";
import { scoreView } from "../../src/stage/readmodel/score-view";
import { Score } from "../../src/stage/score/score";
import { busy, empty, hundred, lost, many, rolling, thermostat } from "./fixtures";
import { live } from "./live";

const query = new URLSearchParams(location.search);
const text = (name: string, fallback: string): string => query.get(name) ?? fallback;
const size = { width: Number(text("w", "1008")), height: Number(text("h", "484")) };
const VIEWS = { rolling, empty, busy, hundred, thermostat, lost, many };

const nothing = (): void => undefined;

function Live(): ReactNode {
  const [timeline] = useState(() => live(Number(text("at", "12")), query.getAll("line")));
  const [, redraw] = useState(0);
  const [selection, setSelection] = useState<string | undefined>();
  const [folded, setFolded] = useState(query.has("folded"));
  const view = clusterView(timeline, { selected: selection });
  const stroke = (): void => {
    const count = scoreView(timeline).count;
    while (scoreView(timeline).count === count && timeline.stepForward() !== undefined);
    redraw((n) => n + 1);
  };
  return (
    <div style={{ ...size, display: "grid", gridTemplateColumns: query.has("inspect") ? "1fr 288px" : "1fr", gridTemplateRows: "minmax(0, 1fr) auto" }} id="picture">
      <ClusterStage view={view} variant={text("variant", "full") as StageVariant} selection={selection} onSelect={setSelection} onAction={(action) => console.log(JSON.stringify(action))} />
      {query.has("inspect") && (
        <Inspector view={inspectorView(timeline, selection ?? view.pods[0]?.uid ?? "")} cluster={view} onSelect={setSelection} grid={gridView(timeline, selection ?? view.pods[0]?.uid ?? "")} onAskGrid={nothing} onSeek={nothing} />
      )}
      <Score
        view={scoreView(timeline)}
        nowLine={nowLineView(timeline)}
        head={timeline.headTime}
        folded={folded}
        playing={false}
        speed={1}
        onPlay={nothing}
        onPause={nothing}
        onSpeed={nothing}
        onStep={stroke}
        onFold={() => setFolded(!folded)}
        onSeek={(at) => {
          timeline.seek(at);
          redraw((n) => n + 1);
        }}
        forks={query.has("fork") ? [{ id: 2, name: "kill node-b", at: 6.5e6 }] : []}
      />
    </div>
  );
}

function Page(): ReactNode {
  const t = useDynamicT();
  return (
    <StageWords value={t}>
      {query.get("view") === "live" ? <Live /> : query.get("view") === "curve" ? <Curve /> : <Still />}
    </StageWords>
  );
}

function Curve(): ReactNode {
  const [drawn, setDrawn] = useState<readonly CurvePoint[]>([0, 2, 4.6, 7.4, 9.4, 12].map((at, i) => ({ at, value: [3, 2.5, 2, 2.6, 3, 3][i] ?? 3 })));
  const actual = [{ at: 0, value: 3 }, { at: 2, value: 2 }];
  return (
    <div style={size} id="picture">
      <PredictCurve seconds={12} max={4} title="Pods that count" prediction={drawn} onDraw={query.has("open") ? setDrawn : undefined} actual={actual} now={2.3} reference={{ value: 3, label: "replicas: 3", tone: "plan" }} />
    </div>
  );
}

function Still(): ReactNode {
  const [selection, setSelection] = useState<string | undefined>(query.get("select") ?? undefined);
  const view = (VIEWS[text("view", "rolling") as keyof typeof VIEWS] ?? rolling)();
  return (
      <div style={size} id="picture">
        {query.has("text") ? (
          <StageText view={view} selection={selection} onSelect={setSelection} />
        ) : (
          <ClusterStage view={view} variant={text("variant", "full") as StageVariant} selection={selection} onSelect={setSelection} onAction={(action) => console.log(JSON.stringify(action))} />
        )}
      </div>
  );
}

document.documentElement.dataset["theme"] = text("theme", "light");
await startLanguage(text("lang", "en") === "ko" ? "ko" : "en");
document.documentElement.lang = i18next.language;
createRoot(document.getElementById("root") as HTMLElement).render(<Page />);
