/** The session file a fixture stands for: its files, then what was typed, played to where the learner takes over. */
import { isMachineWorld, keysAt } from "../world/consoles";
import { type SessionConfig, type SessionFile, type SessionInput, sessionOf } from "../session/types";
import { addressed } from "./terminals";
import type { Fixture } from "./types";

const SECOND = 1_000_000;
const FILES_AT = SECOND / 2;

/** A line typed, as an input of a world. */
export function typedAt(config: SessionConfig, text: string): Omit<SessionInput, "at"> {
  const { terminal, line } = addressed(text);
  if (isMachineWorld(config)) return keysAt(config, terminal, `${line}\r`);
  return { to: `terminal/${terminal}`, message: { type: "terminal.type", line } };
}

export function sessionOfFixture(fixture: Fixture, seed = fixture.config.seed): SessionFile {
  const files = Object.entries(fixture.files).map(
    ([path, text], i): SessionInput => ({ at: FILES_AT + i, to: "terminal/1", message: { type: "workspace.write", path, text } }),
  );
  const config = { ...fixture.config, seed };
  const typed = fixture.commands.map(({ at, line }): SessionInput => ({ at: at * SECOND, ...typedAt(config, line) }));
  return sessionOf(config, [...files, ...typed], fixture.until * SECOND);
}
