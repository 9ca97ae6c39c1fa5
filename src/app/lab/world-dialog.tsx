/** Begin with another world: how many nodes, which delays, which seed. The old one is replaced; it can be saved first. */
import { type ReactNode, useState } from "react";
import { isMachineWorld, type SessionConfig, sessionOf } from "../../session/types";
import { useLanguage, useT } from "../../locales/i18n";
import { Dialog } from "../shell/dialog";
import { Segmented } from "../shell/switches";
import { ui } from "../store";
import { useSession, useWorld } from "./lab-context";
import { freshConfig, machineConfig } from "./lab-session";

const MOST_NODES = 500;

export function WorldDialog(): ReactNode {
  const t = useT();
  const language = useLanguage();
  const session = useSession();
  const now = useWorld((state) => state.config);
  const [nodes, setNodes] = useState(String(now?.nodes || 3));
  const [kind, setKind] = useState<"cluster" | "machine">(now !== undefined && isMachineWorld(now) ? "machine" : "cluster");
  const [seed, setSeed] = useState("");
  const [profile, setProfile] = useState<SessionConfig["profile"]>(now?.profile ?? "teaching");
  const count = Number(nodes);
  const fits = (kind === "machine" || (Number.isInteger(count) && count >= 1 && count <= MOST_NODES)) && (seed === "" || /^\d{1,9}$/.test(seed));
  const begin = (): void => {
    const chosen = { profile, ...(seed === "" ? {} : { seed: Number(seed) }) };
    const config = kind === "machine" ? { ...machineConfig(language), ...chosen } : freshConfig({ nodes: count, ...chosen });
    void session.load(sessionOf(config)).then(() => session.play());
    ui.open(undefined);
  };
  return (
    <Dialog title={t("app.newWorld.title")} onClose={() => ui.open(undefined)}>
      <p className="hint">{t("app.newWorld.hint")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) begin();
        }}
      >
        <div className="row">
          {t("app.newWorld.kind")}
          <Segmented
            label={t("app.newWorld.kind")}
            value={kind}
            onChange={setKind}
            options={[
              { value: "cluster", text: t("app.newWorld.cluster") },
              { value: "machine", text: t("app.newWorld.machine") },
            ]}
          />
        </div>
        <label className="row" hidden={kind === "machine"}>
          {t("app.newWorld.nodes")}
          <input type="number" min={1} max={MOST_NODES} value={nodes} onChange={(event) => setNodes(event.target.value)} />
        </label>
        <div className="row">
          {t("app.newWorld.profile")}
          <Segmented
            label={t("app.newWorld.profile")}
            value={profile}
            onChange={setProfile}
            options={[
              { value: "teaching", text: t("app.newWorld.teaching") },
              { value: "real", text: t("app.newWorld.real") },
            ]}
          />
        </div>
        <label className="row">
          {t("app.newWorld.seed")}
          <input
            type="text"
            inputMode="numeric"
            value={seed}
            placeholder={String(now?.seed ?? "")}
            onChange={(event) => setSeed(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={!fits}>
          {t("app.newWorld.begin")}
        </button>
      </form>
    </Dialog>
  );
}
