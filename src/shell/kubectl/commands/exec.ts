/**
 * `kubectl exec`, and what only a real network could do: attach, cp, port-forward, proxy, debug.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/exec/exec.go
 * Not modelled: a terminal in the container: programs that draw on the screen or read what is typed. Standard input is sent as a whole.
 */
import type { Pod } from "../../../kube/apis/objects";
import type { Json } from "../../../sim/types";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import { close, err, next, nextOrInterrupt, out, readAllInput, type Run, typedLine } from "../../program";
import { type Kubectl, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal, usageError } from "../failure";
import { mustResource } from "../mapper";
import { defaultContainer, podsOf } from "./logs";

const PODS = resourceNamed("pods") as ResourceInfo;

export function* exec(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "exec",
    "stdin i bool;tty t bool;container c string;quiet q bool;filename f list;pod-running-timeout duration",
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const words = flags.args;
  const before = flags.dash < 0 ? words : words.slice(0, flags.dash);
  const command = flags.dash < 0 ? words.slice(1) : words.slice(flags.dash);
  const [name] = before;
  if (name === undefined) throw fatal("pod, type/name or --filename must be specified");
  if (flags.dash < 0 && words.length > 1)
    throw usageError("exec", "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
  if (command.length === 0) throw fatal("you must specify at least one command for the container");
  const pod = yield* onePod(kubectl, name);
  const container = flags.text("container") || (yield* defaultContainer(pod));
  if (![...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some((each) => each.name === container))
    throw fatal(`container ${container} is not valid for pod ${pod.metadata.name}`);
  if (pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed")
    throw fatal(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
  const stdin = flags.bool("stdin") ? yield* readAllInput() : "";
  const path = pathOf(PODS, kubectl.namespace, pod.metadata.name, "exec");
  const tty = flags.bool("tty") && flags.bool("stdin") && stdin === "";
  const run = (argv: readonly string[]): Run<number> => executed(path, container, { command: argv, ...(stdin === "" ? {} : { stdin }) }, tty);
  if (flags.bool("tty") && flags.bool("stdin") && stdin !== "")
    yield* err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
  const [shell = ""] = command;
  const interactive = tty && command.length === 1 && SHELL.test(shell);
  const code = yield* interactive ? conversation((line) => run([shell, "-c", line])) : run(command);
  if (code !== 0) yield* err(`command terminated with exit code ${code}\n`);
  return code;
}

const SHELL = /^(\/bin\/)?(ba|a)?sh$/;
const PROMPT = "# ";
/** Lines that change what the shell remembers and print nothing. */
const SETTING = /^(cd(\s+\S+)?|(export\s+)?[A-Za-z_]\w*=(\S*|"[^"]*"|'[^']*'))$/;
/** As the runtime ends an exec whose program it cannot start. */
const NOT_STARTED: readonly number[] = [126, 127];

/** As a shell says of a command that SIGINT ended. */
const INTERRUPTED = 130;

/**
 * A shell in the container, line by line. Each line is run by a shell of its own, after the directory and the variables set before.
 * Ctrl-C ends what runs in the foreground, or the line begun; the shell stays.
 * Not modelled: functions, `set`, what a compound command leaves behind, jobs in the background.
 */
function* conversation(run: (line: string) => Run<number>): Run<number> {
  let code = yield* run(":");
  if (NOT_STARTED.includes(code)) return code;
  const settings: string[] = [];
  for (;;) {
    const { text: line, interrupted } = yield* typedLine(PROMPT);
    if (interrupted === true) {
      code = INTERRUPTED;
      continue;
    }
    if (line === undefined) return code;
    const text = line.trim();
    const leaving = /^exit(?:\s+(\d+))?$/.exec(text);
    if (leaving !== null) return leaving[1] === undefined ? code : Number(leaving[1]) % 256;
    if (text === "") continue;
    code = yield* run([...settings, line].join("; "));
    if (code === 0 && SETTING.test(text)) settings.push(text);
  }
}

interface Executed {
  readonly command: readonly string[];
  readonly stdin?: string;
}

/** With a terminal Ctrl-C goes to the process in the container; without one it ends kubectl. */
function* executed(path: string, container: string, body: Executed, tty: boolean): Run<number> {
  const response = yield* send({ method: "POST", path, query: { container, stdout: "true", stderr: "true" }, body: body as unknown as Json });
  if (failed(response)) throw new Exit(failureText(response));
  const stream = (response.body as { readonly stream?: string }).stream ?? "";
  let code = 0;
  for (;;) {
    const piece = tty ? yield* nextOrInterrupt(stream) : yield* next(stream);
    if (piece === "interrupted") {
      yield* close(stream);
      return INTERRUPTED;
    }
    if (piece?.out !== undefined) yield* out(piece.out);
    if (piece?.err !== undefined) yield* err(piece.err);
    if (piece?.exitCode !== undefined) code = piece.exitCode;
    if (piece === undefined || piece.closed === true) break;
  }
  return code;
}

function* onePod(kubectl: Kubectl, word: string): Run<Pod> {
  if (word.includes("/") && mustResource(word.split("/")[0] ?? "") !== PODS) {
    const [pod] = yield* podsOf(kubectl, word, true, true);
    if (pod !== undefined) return pod;
  }
  const response = yield* send({ method: "GET", path: pathOf(PODS, kubectl.namespace, word.split("/").at(-1)) });
  if (failed(response)) throw new Exit(failureText(response));
  return response.body as unknown as Pod;
}

const UNAVAILABLE: Readonly<Record<string, string>> = {
  attach: "attach is not available in the lab; use kubectl logs -f",
  cp: "cp is not available in the lab; use kubectl exec POD -- cat FILE",
  "port-forward": "port-forward is not available in the lab: this terminal has no network; ask from a Pod with kubectl exec",
  proxy: "proxy is not available in the lab: this terminal has no network",
  debug: "debug is not available in the lab",
  kustomize: "kustomizations are not available in the lab",
  certificate: "certificates are not available in the lab",
};

const MISSING: Readonly<Record<string, string>> = {
  attach: "error: at least 1 argument is required for attach\n",
  cp: "error: one of src or dest must be a remote file specification\n",
  "port-forward": "error: TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples\n",
};

/** Says so only when the object is there: a missing one is reported as the real command would. */
export function* unavailable(args: readonly string[], name: string): Run<number> {
  const words = args.filter((arg) => !arg.startsWith("-"));
  const kubectl = { namespace: (yield { do: "state" }).state?.namespace ?? "default" };
  const word = name === "cp" ? words.map((each) => /^([^:]+):/.exec(each)?.[1]).find((each) => each !== undefined) : words[0];
  const missing = word === undefined ? MISSING[name] : undefined;
  if (missing !== undefined) throw new Exit(missing);
  if (word !== undefined && ["attach", "cp", "port-forward"].includes(name)) {
    const [type, object] = word.includes("/") ? word.split("/") : ["pods", word];
    const response = yield* send({ method: "GET", path: pathOf(mustResource(type ?? ""), kubectl.namespace, object) });
    if (failed(response)) throw new Exit(failureText(response));
  }
  throw fatal(UNAVAILABLE[name] ?? `${name} is not available in the lab`);
}
