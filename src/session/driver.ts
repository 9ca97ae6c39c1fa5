/**
 * Drives a host in a worker: real time in, states out. The only place where a session meets a clock.
 *
 * Questions about a world that is still being replayed wait until it stands where its file says; only its record and completions do not.
 * A world with machines first has their parts loaded; what is said meanwhile waits in order.
 * A state is sent at most every 33 ms, and more seldom when making it takes long, so that reporting never starves playing.
 */
import type { Ground } from "./ground";
import { type HostExtension, SessionHost } from "./host";
import type { FromWorker, ToWorker } from "./protocol";
import type { SessionFile, SessionRequest } from "./types";

const TICK_MS = 8;
const BUDGET_MS = 6;
const STATE_MS = 33;
/** Share of the time that may go into making states. */
const STATE_SHARE = 4;

/** These do not ask about what the world will be. */
const AT_ONCE: ReadonlySet<SessionRequest["kind"]> = new Set(["record", "complete"]);

type Asked = Extract<ToWorker, { readonly type: "request" }>;

export interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: { readonly data: ToWorker }) => void): void;
}

export function serveSession(
  scope: WorkerScope,
  extensions: () => Readonly<Record<string, HostExtension>>,
  loadGround?: () => Promise<Ground>,
): void {
  let host: SessionHost | undefined;
  let ground: Ground | undefined;
  /** What was said while the ground is being loaded. */
  let queue: ToWorker[] | undefined;
  let nextState = 0;
  const held: Asked[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const clock = (): number => performance.now();

  function report(): void {
    const start = clock();
    if (start < nextState) return wake(nextState - start);
    const state = host?.takeState();
    if (state === undefined) return;
    scope.postMessage({ type: "state", state });
    const end = clock();
    nextState = end + Math.max(STATE_MS, (end - start) * STATE_SHARE);
  }

  function answer({ id, request }: Asked): void {
    if (host === undefined) return;
    try {
      scope.postMessage({ type: "answer", id, answer: host.request(request) });
    } catch (error) {
      scope.postMessage({ type: "refused", id, message: String(error) });
    }
  }

  function run(): void {
    timer = undefined;
    if (host === undefined) return;
    host.tick(clock, BUDGET_MS);
    if (!host.arriving && held.length > 0) for (const asked of held.splice(0)) answer(asked);
    report();
    if (host.busy) wake(TICK_MS);
  }

  function wake(after: number): void {
    timer ??= setTimeout(run, after);
  }

  function take(data: ToWorker): void {
    if (queue !== undefined) return void queue.push(data);
    const file = data.type === "open" ? data.file : data.type === "command" && data.command.do === "load" ? data.command.file : undefined;
    if (file !== undefined && needsGround(file) && ground === undefined && loadGround !== undefined) {
      queue = [data];
      void loadGround().then((loaded) => {
        ground = loaded;
        if (host !== undefined) host.ground = loaded;
        const waiting = queue ?? [];
        queue = undefined;
        for (const one of waiting) take(one);
      });
      return;
    }
    if (data.type === "open") host = new SessionHost(data.file, extensions(), ground);
    else if (data.type === "command") host?.command(data.command);
    else if (host?.arriving === true && !AT_ONCE.has(data.request.kind)) held.push(data);
    else answer(data);
    wake(0);
  }

  scope.addEventListener("message", ({ data }) => take(data));
}

const needsGround = ({ config }: SessionFile): boolean => (config.machines ?? []).length > 0;
