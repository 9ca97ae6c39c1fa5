/** The page's handle on a session in a worker. */
import type { Json } from "../sim/types";
import { isMachineWorld, keysAt, sizeAt, startShell } from "../world/consoles";
import type { FromWorker, ToWorker } from "./protocol";
import type { Completion, Session, SessionCommand, SessionFile, SessionRequest, SessionState } from "./types";

interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

interface Waiting {
  readonly resolve: (answer: Json) => void;
  readonly reject: (error: Error) => void;
}

export function openSession(worker: WorkerLike, file: SessionFile): Session {
  const listeners = new Set<(state: SessionState) => void>();
  const waiting = new Map<number, Waiting>();
  let latest: SessionState | undefined;
  let nextId = 1;
  /** The speed that was asked for and not yet told of, so that keys pressed in quick succession each count. */
  let askedSpeed: number | undefined;

  worker.onmessage = ({ data }) => {
    if (data.type === "state") {
      if (data.state.speed === askedSpeed) askedSpeed = undefined;
      latest = askedSpeed === undefined ? data.state : { ...data.state, speed: askedSpeed };
      for (const listener of listeners) listener(latest);
      return;
    }
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "answer") call?.resolve(data.answer);
    else call?.reject(new Error(data.message));
  };
  worker.onerror = (event) => {
    for (const call of waiting.values()) call.reject(new Error(event.message));
    waiting.clear();
  };
  worker.postMessage({ type: "open", file });

  const command = (value: SessionCommand): void => worker.postMessage({ type: "command", command: value });
  const request = (value: SessionRequest): Promise<Json> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ type: "request", id, request: value });
    });
  const submit: Session["submit"] = (to, message) => command({ do: "submit", to, message });
  const strike: Session["strike"] = (terminal, keys) => {
    const { to, message } = keysAt(latest?.config ?? file.config, terminal, keys);
    submit(to, message);
  };
  /** A world of machines has no other terminals. */
  const onMachine = (): boolean => isMachineWorld(latest?.config ?? file.config);

  return {
    submit,
    type: (terminal, line) => (onMachine() ? strike(terminal, `${line}\r`) : submit(`terminal/${terminal}`, { type: "terminal.type", line })),
    key: (terminal, key) =>
      onMachine() ? strike(terminal, key === "ctrl-c" ? "\x03" : "\x04") : submit(`terminal/${terminal}`, { type: "terminal.key", key }),
    strike,
    resize: (terminal, columns, rows) => {
      const { to, message } = sizeAt(latest?.config ?? file.config, terminal, columns, rows);
      submit(to, message);
    },
    newTerminal: (machine) => {
      const count = Object.keys(latest?.terminals ?? {}).length;
      const { locale } = (latest?.config ?? file.config).machines?.find(({ name }) => name === machine) ?? {};
      submit(`machine/${machine}`, startShell(String(count + 1), locale));
    },
    writeFile: (path, text) => submit("terminal/1", { type: "workspace.write", path, text }),
    deleteFile: (path) => submit("terminal/1", { type: "workspace.delete", path }),
    edited: (terminal, job, text) => submit(`terminal/${terminal}`, { type: "terminal.edited", job, ...(text === undefined ? {} : { text }) }),
    complete: async (terminal, line, cursor) => (await request({ kind: "complete", terminal, line, cursor })) as unknown as Completion,
    play: () => command({ do: "play" }),
    pause: () => command({ do: "pause" }),
    setSpeed: (speed) => {
      askedSpeed = speed;
      if (latest !== undefined) latest = { ...latest, speed };
      command({ do: "speed", speed });
    },
    stepForward: () => command({ do: "stepForward" }),
    stepBack: () => command({ do: "stepBack" }),
    stepStroke: (by, uid) => command({ do: "stroke", by, uid }),
    seek: (at) => command({ do: "seek", at }),
    goHead: () => command({ do: "head" }),
    branch: (name) => command({ do: "branch", name }),
    switchBranch: (id) => command({ do: "switch", id }),
    select: (uid) => command({ do: "select", uid }),
    request,
    record: async (onlyActive = false) => (await request({ kind: "record", onlyActive })) as unknown as SessionFile,
    load: async (next) => {
      askedSpeed = undefined;
      command({ do: "load", file: next });
      await request({ kind: "hash" });
    },
    state: () => latest,
    subscribe: (listener) => {
      listeners.add(listener);
      if (latest !== undefined) listener(latest);
      return () => listeners.delete(listener);
    },
    close: () => worker.terminate(),
  };
}
