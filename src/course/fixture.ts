/** The session file a fixture stands for: its files, then what was typed, played to where the learner takes over. */
import { type SessionFile, type SessionInput, sessionOf } from "../session/types";
import type { Fixture } from "./types";

const SECOND = 1_000_000;
const FILES_AT = SECOND / 2;

export function sessionOfFixture(fixture: Fixture, seed = fixture.config.seed): SessionFile {
  const files = Object.entries(fixture.files).map(
    ([path, text], i): SessionInput => ({ at: FILES_AT + i, to: "terminal/1", message: { type: "workspace.write", path, text } }),
  );
  const typed = fixture.commands.map(
    ({ at, line }): SessionInput => ({ at: at * SECOND, to: "terminal/1", message: { type: "terminal.type", line } }),
  );
  return sessionOf({ ...fixture.config, seed }, [...files, ...typed], fixture.until * SECOND);
}
