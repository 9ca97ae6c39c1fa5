/** What each program of the catalogue does, given its command line and environment. Pure; one function per program. */
import { millis, seconds } from "../../../sim/time";
import type { Container } from "../../apis/objects";
import type { Env } from "../expansion";
import type { Image, Program } from "./catalogue";
import type { HttpBehaviour, Listener, ProcessPlan } from "./plan";

export interface ProgramGiven {
  readonly image: Image;
  readonly known: boolean;
  readonly argv: readonly string[];
  readonly env: Env;
  readonly container: Container;
}

const MIB = 1024 * 1024;
const QUICK_STOP = { after: millis(100), code: 0 } as const;

const http = (server: string, body: string, more: Partial<HttpBehaviour> = {}): HttpBehaviour => ({
  server,
  body,
  delay: millis(2),
  anyPath: false,
  logRequests: true,
  ...more,
});

const listen = (ports: readonly number[], protocol: Listener["protocol"]): readonly Listener[] => ports.map((port) => ({ port, protocol }));
const base = (given: ProgramGiven): ProcessPlan => ({
  argv: given.argv,
  startup: millis(100),
  listens: [],
  log: [],
  onTerm: QUICK_STOP,
  memoryBytes: 8 * MIB,
});

/** An option's value: `--name=value` or `--name value`. */
function option(argv: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [i, word] of argv.entries()) {
    for (const name of names) {
      if (word === name) return argv[i + 1];
      if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
    }
  }
  return undefined;
}

/** A span as people write it: `5`, `5s`, `1500ms`, `2m`. */
export function spanOf(text: string | undefined): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)?$/.exec(text ?? "");
  if (!match) return undefined;
  const unit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 }[match[2] ?? "s"] ?? 1;
  return seconds(Number(match[1]) * unit);
}

const failing = (given: ProgramGiven, log: readonly string[], code: number): ProcessPlan => ({
  ...base(given),
  startup: millis(50),
  log,
  exit: { after: millis(300), code },
});

const NGINX_LOG = [
  "/docker-entrypoint.sh: Configuration complete; ready for start up",
  '[notice] 1#1: using the "epoll" event method',
  "[notice] 1#1: start worker processes",
];

/** An image with a version says so. */
function helloOf({ container }: ProgramGiven): string {
  const tag = /:([^/:@]+)$/.exec(container.image)?.[1];
  return tag === undefined || tag === "latest" ? "Hello from {hostname}" : `Hello from {hostname}, version ${tag}`;
}

/** What known web applications show on their first page. */
const PAGES: Readonly<Record<string, string>> = {
  "docker.io/dockersamples/examplevotingapp_vote": "<h3>Cats vs Dogs!</h3>\n<p>Processed by container ID {hostname}</p>\n",
  "docker.io/dockersamples/examplevotingapp_result": "<title>Cats vs Dogs -- Result</title>\n<p>No votes yet</p>\n",
  "gcr.io/google-samples/hello-app": "Hello, world!\nVersion: 1.0.0\nHostname: {hostname}\n",
  "us-docker.pkg.dev/google-samples/containers/gke/hello-app": "Hello, world!\nVersion: 1.0.0\nHostname: {hostname}\n",
};

/** `strata/web`: a web application whose behaviour is set by environment variables or options of the same names in lower case. */
function web(given: ProgramGiven): ProcessPlan {
  const { env, argv } = given;
  const setting = (name: string): string | undefined => env[name] ?? option(argv, `--${name.toLowerCase().replace(/_/g, "-")}`);
  const declared = given.container.ports?.[0]?.containerPort;
  const port = Number(setting("PORT") ?? declared ?? given.image.ports[0] ?? 8080);
  const warmUp = spanOf(setting("HEALTH_AFTER") ?? setting("WARM_UP"));
  const sick = spanOf(setting("SICK_AFTER"));
  const crash = spanOf(setting("CRASH_AFTER"));
  const memory = Number(setting("MEMORY_MIB") ?? 24) * MIB;
  const delay = Number(setting("DELAY_MS") ?? 5);
  const body =
    setting("MESSAGE") ?? (setting("VERSION") ? `version ${setting("VERSION")} from {hostname}` : (PAGES[given.image.repository] ?? helloOf(given)));
  return {
    ...base(given),
    startup: spanOf(setting("START_AFTER")) ?? millis(300),
    listens: listen([port], "http"),
    log: [`listening on :${port}`],
    memoryBytes: memory,
    onTerm: setting("IGNORE_SIGTERM") === "true" ? null : { after: spanOf(setting("SHUTDOWN")) ?? millis(100), code: 0 },
    http: http("strata-web", body, {
      delay: millis(delay),
      anyPath: true,
      ...(warmUp === undefined ? {} : { warmUp: { path: setting("HEALTH_PATH") ?? "/healthz", until: warmUp } }),
      ...(sick === undefined ? {} : { sickAfter: { path: setting("HEALTH_PATH") ?? "/healthz", after: sick } }),
    }),
    ...(crash === undefined ? {} : { exit: { after: crash, code: Number(setting("EXIT_CODE") ?? 1), log: "panic: told to crash" } }),
  };
}

function client(given: ProgramGiven): ProcessPlan {
  const target = given.env["TARGET"] ?? option(given.argv, "--target") ?? "http://localhost";
  const rate = Number(given.env["RATE"] ?? option(given.argv, "--rate") ?? 1);
  const match = /^(?:http:\/\/)?([^:/]+)(?::(\d+))?(\/.*)?$/.exec(target);
  if (!match || !(rate > 0)) return failing(given, [`cannot use TARGET ${JSON.stringify(target)} at RATE ${rate}`], 2);
  return {
    ...base(given),
    log: [`sending ${rate} request(s) a second to ${target}`],
    client: { host: match[1] ?? "", port: Number(match[2] ?? 80), path: match[3] ?? "/", every: Math.max(millis(20), Math.round(1_000_000 / rate)) },
  };
}

function postgres(given: ProgramGiven): ProcessPlan {
  const { env } = given;
  if (!env["POSTGRES_PASSWORD"] && !env["POSTGRES_PASSWORD_FILE"] && env["POSTGRES_HOST_AUTH_METHOD"] !== "trust") {
    return failing(
      given,
      [
        "Error: Database is uninitialized and superuser password is not specified.",
        "       You must specify POSTGRES_PASSWORD to a non-empty value for the",
        '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
      ],
      1,
    );
  }
  return {
    ...base(given),
    startup: seconds(2),
    listens: listen([5432], "postgres"),
    log: ['LOG:  listening on IPv4 address "0.0.0.0", port 5432', "LOG:  database system is ready to accept connections"],
    memoryBytes: 60 * MIB,
  };
}

function mysql(given: ProgramGiven): ProcessPlan {
  const keys = ["MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"];
  if (!keys.some((key) => given.env[key])) {
    return failing(
      given,
      [
        "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
        `    You need to specify one of the following as an environment variable:`,
        ...keys.map((key) => `    - ${key}`),
      ],
      1,
    );
  }
  return { ...base(given), startup: seconds(5), listens: listen([3306], "tcp"), log: ["mysqld: ready for connections."], memoryBytes: 380 * MIB };
}

function standIn(given: ProgramGiven): ProcessPlan {
  const ports = (given.container.ports ?? []).filter((port) => (port.protocol ?? "TCP") === "TCP").map((port) => port.containerPort);
  const where = ports.length === 0 ? "it declares no ports and only runs" : `serves its declared port(s) ${ports.join(", ")}`;
  return {
    ...base(given),
    startup: millis(300),
    listens: listen(ports, "http"),
    log: [`strata: no model of image ${given.container.image}; this is a stand-in, ${where}`],
    http: http("stand-in", `stand-in for ${given.container.image} on {hostname}\n`, { anyPath: true, logRequests: false }),
    memoryBytes: 16 * MIB,
  };
}

function echo(given: ProgramGiven): ProcessPlan {
  const listenOn = option(given.argv, "-listen", "--listen", "--port", "-port");
  const port = Number((listenOn ?? "").replace(/^.*:/, "")) || given.image.ports[0] || 8080;
  const said = option(given.argv, "-text", "--text");
  return {
    ...base(given),
    listens: listen([port], "http"),
    log: [`server is listening on :${port}`],
    http: http("echo", said === undefined ? "Hostname: {hostname}\nGET {path}\n" : `${said}\n`, { anyPath: true }),
  };
}

function nginx(given: ProgramGiven): ProcessPlan {
  return {
    ...base(given),
    startup: millis(200),
    listens: listen(given.image.ports, "http"),
    log: NGINX_LOG,
    http: http("nginx", NGINX_PAGE, { docRoot: "/usr/share/nginx/html" }),
    memoryBytes: 7 * MIB,
  };
}

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and working.</p>
</body>
</html>
`;

const simple =
  (ports: readonly number[], protocol: Listener["protocol"], log: string, startup: number, memory: number) =>
  (given: ProgramGiven): ProcessPlan => ({
    ...base(given),
    startup: millis(startup),
    listens: listen(ports.length > 0 ? ports : given.image.ports, protocol),
    log: [log],
    memoryBytes: memory * MIB,
  });

/** PID 1 has no default handlers: without a trap, SIGTERM does nothing and the grace period passes. */
function shell(given: ProgramGiven): ProcessPlan {
  const trapped = given.argv.some((word) => /\btrap\b[^;\n]*\b(TERM|SIGTERM|15)\b/.test(word));
  return { ...base(given), startup: 0, onTerm: trapped ? { after: millis(5), code: 0 } : null, script: true, memoryBytes: MIB };
}

const httpd = (given: ProgramGiven): ProcessPlan => ({
  ...base(given),
  startup: millis(300),
  listens: listen([80], "http"),
  log: ["AH00094: Command line: 'httpd -D FOREGROUND'"],
  http: http("Apache", "<html><body><h1>It works!</h1></body></html>\n", { docRoot: "/usr/local/apache2/htdocs" }),
  memoryBytes: 12 * MIB,
});

function guestbook(given: ProgramGiven): ProcessPlan {
  return { ...httpd(given), http: http("Apache", "<title>Guestbook</title>\n<h2>Guestbook</h2>\n", { anyPath: true }) };
}

/** A program that is a script of the small shell; it obeys SIGTERM. */
const scripted = (given: ProgramGiven, script: string): ProcessPlan => ({ ...base(given), argv: ["sh", "-c", script], startup: 0, script: true });

/** Puts a page where git-sync would put the repository: `--root`/`--link`. */
function gitSync(given: ProgramGiven): ProcessPlan {
  const setting = (name: string): string | undefined =>
    option(given.argv, `--${name}`, `-${name}`) ?? given.env[`GITSYNC_${name.toUpperCase().replace(/-/g, "_")}`];
  const repo = setting("repo");
  if (repo === undefined) return failing(given, ["ERROR: required flag: --repo must be specified"], 1);
  const link = setting("link") ?? repo.slice(repo.lastIndexOf("/") + 1).replace(/\.git$/, "");
  const page = `${setting("root") ?? "/git"}/${link}/index.html`;
  const once = given.argv.some((word) => word.startsWith("--one-time")) || given.env["GITSYNC_ONE_TIME"] === "true";
  const write = `echo "<h1>${repo}</h1>" > ${page}; echo "updated successfully"`;
  return scripted(given, once ? write : `while true; do ${write}; sleep ${(setting("period") ?? "10s").replace(/s$/, "")}; done`);
}

/** `strata/task`: works for a while (`--for`, 3 s) and ends with the code that is its first argument. */
function task(given: ProgramGiven): ProcessPlan {
  const code = Number(given.argv.find((word) => /^[0-9]+$/.test(word)) ?? 0);
  return { ...base(given), log: ["working"], exit: { after: spanOf(option(given.argv, "--for") ?? given.env["FOR"]) ?? 3_000_000, code } };
}

const PROGRAMS: Readonly<Record<Program, (given: ProgramGiven) => ProcessPlan>> = {
  pause: (given) => ({ ...base(given), startup: 0, memoryBytes: MIB / 4 }),
  sleeper: (given) => ({ ...base(given), listens: listen(given.image.ports, "tcp"), memoryBytes: 64 * MIB }),
  nginx,
  httpd: (given) => (given.image.repository.includes("gb-frontend") ? guestbook(given) : httpd(given)),
  redis: simple([6379], "redis", "* Ready to accept connections tcp", 300, 6),
  memcached: simple([11211], "tcp", "server listening", 100, 64),
  mongo: simple([27017], "tcp", "Waiting for connections", 1500, 150),
  coredns: simple([53], "tcp", "CoreDNS-1.13.1", 500, 20),
  worker: simple([], "tcp", "Connected to db", 800, 40),
  "git-sync": gitSync,
  task,
  sync: (given) =>
    scripted(given, `while true; do date > ${option(given.argv, "--to") ?? "/data"}/index.html; sleep ${given.env["EVERY"] ?? 10}; done`),
  postgres,
  mysql,
  echo,
  web,
  client,
  shell,
  "stand-in": standIn,
};

const SHELLS = /^(\/bin\/|\/usr\/bin\/)?(sh|bash|ash|dash)$/;
const TOOLS =
  /^(\/bin\/|\/usr\/bin\/|\/usr\/local\/bin\/)?(sleep|echo|cat|ls|true|false|env|printenv|date|id|hostname|wget|curl|nc|nslookup|dig|touch|tail|test|httpd|printf|seq|redis-cli|yes)$/;

/**
 * The plan of a container's main process: its command line is the Pod's command and args over the image's.
 * @rule kube.container.command
 * @source kubernetes@1.35 pkg/kubelet/container/helpers.go ExpandContainerCommandAndArgs
 */
export function planProcess(
  image: Image,
  known: boolean,
  container: Container,
  env: Env,
  command: readonly string[],
  args: readonly string[],
): ProcessPlan {
  const entrypoint = command.length > 0 ? command : image.entrypoint;
  const rest = args.length > 0 ? args : command.length > 0 ? [] : image.cmd;
  const argv = [...entrypoint, ...rest];
  const given: ProgramGiven = { image, known, argv, env, container };
  const first = argv[0] ?? "";
  if (SHELLS.test(first) || (TOOLS.test(first) && image.program !== "echo")) return shell(given);
  if (command.length > 0 && image.program === "shell") {
    return failing(given, [], 127);
  }
  return PROGRAMS[image.program](given);
}

/** What the runtime says when the command does not exist in the image. */
export const noSuchCommand = (command: string): string =>
  `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ${JSON.stringify(command)}: executable file not found in $PATH`;
