/** Commands that ask somebody else: wget, curl, nc, nslookup, dig, redis-cli, pg_isready, ping. Each is a request and a way to print its result. */
import { statusText } from "../http-answer";
import type { NetResult } from "../../proxy/messages";
import type { Command, CommandOutcome } from "./commands";

export type NetCommand =
  | {
      readonly ask: "http";
      readonly tool: "wget" | "curl";
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly url: string;
      readonly quiet: boolean;
      readonly fail: boolean;
      readonly format?: string;
      readonly output?: string;
      readonly headers: boolean;
      readonly seconds?: number;
    }
  | { readonly ask: "connect"; readonly tool: string; readonly host: string; readonly port: number; readonly said: string; readonly seconds?: number }
  | { readonly ask: "dns"; readonly tool: "nslookup" | "dig" | "getent"; readonly name: string; readonly qtype: string; readonly short: boolean };

/** DNS results come as a NetResult whose body is the answer's JSON. */
export interface DnsResult {
  readonly rcode: string;
  readonly qname: string;
  readonly answer: readonly string[];
}

const URL = /^(?:(https?):\/\/)?([^:/?]+)(?::([0-9]+))?([/?].*)?$/;

/** An option's value (`-T 5`, `-T5`, `--max-time=5`), and the words that are no options. */
function options(
  args: readonly string[],
  withValue: readonly string[],
): { readonly values: Readonly<Record<string, string>>; readonly flags: string; readonly rest: readonly string[] } {
  const values: Record<string, string> = {};
  const rest: string[] = [];
  let flags = "";
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    const named = withValue.find(
      (name) => word === name || (name.startsWith("--") ? word.startsWith(`${name}=`) : word.startsWith(name) && !word.startsWith("--")),
    );
    if (named !== undefined) values[named] = word === named ? (args[++i] ?? "") : word.slice(named.length).replace(/^=/, "");
    else if (word.startsWith("--")) flags += ` ${word} `;
    else if (word.startsWith("-") && word.length > 1) flags += word.slice(1);
    else rest.push(word);
  }
  return { values, flags, rest };
}

function http(tool: "wget" | "curl", args: readonly string[]): CommandOutcome {
  const { values, flags, rest } = options(
    args,
    tool === "wget" ? ["-T", "--timeout", "-O", "-t"] : ["-m", "--max-time", "--connect-timeout", "-o", "-w", "-X", "-H", "-d", "--retry"],
  );
  const attached = /qO-?|O-/.test(flags) ? "-" : undefined;
  const match = URL.exec(rest.find((word) => word !== "-") ?? "");
  if (!match) return tool === "curl" ? { err: "curl: no URL specified!\n", code: 2 } : { err: "wget: missing URL\n", code: 1 };
  const seconds = Number(values["-T"] ?? values["--timeout"] ?? values["-m"] ?? values["--max-time"] ?? values["--connect-timeout"] ?? Number.NaN);
  const path = match[4] === undefined ? "/" : match[4].startsWith("/") ? match[4] : `/${match[4]}`;
  const output = tool === "wget" ? (values["-O"] ?? attached ?? (path.slice(path.lastIndexOf("/") + 1) || "index.html")) : values["-o"];
  return {
    net: {
      ask: "http",
      tool,
      host: match[2] ?? "",
      port: Number(match[3] ?? (match[1] === "https" ? 443 : 80)),
      path,
      url: rest[0] ?? "",
      quiet: flags.includes(tool === "wget" ? "q" : "s") || flags.includes("--silent"),
      fail: tool === "wget" || /f/.test(flags.replace(/ --\S+ /g, "")) || flags.includes("--fail"),
      headers: tool === "curl" && /[iI]/.test(flags.replace(/ --\S+ /g, "")),
      ...(values["-w"] === undefined ? {} : { format: values["-w"] }),
      ...(output === undefined || output === "-" ? {} : { output }),
      ...(Number.isNaN(seconds) ? {} : { seconds }),
    },
  };
}

function connect(tool: string, args: readonly string[], port: number, said: string): CommandOutcome {
  const { values, rest } = options(args, ["-h", "-p", "-w", "-U", "-d", "--host", "--port"]);
  const seconds = Number(values["-w"] ?? Number.NaN);
  return {
    net: {
      ask: "connect",
      tool,
      host: values["-h"] ?? values["--host"] ?? (tool === "nc" ? (rest[0] ?? "") : "127.0.0.1"),
      port: Number(tool === "nc" ? rest[1] : (values["-p"] ?? port)),
      said,
      ...(Number.isNaN(seconds) ? {} : { seconds }),
    },
  };
}

function nc(args: readonly string[]): CommandOutcome {
  const listening = args.some((word) => /^-[a-z]*l/.test(word));
  if (!listening) return connect("nc", args, 0, "");
  const port = Number(args.find((word) => /^[0-9]+$/.test(word)) ?? 0);
  return { listen: { port, protocol: "tcp" }, sleep: 400 * 24 * 3600 * 1_000_000 };
}

function lookup(tool: "nslookup" | "dig" | "getent", args: readonly string[]): CommandOutcome {
  const words = args.filter(
    (word) => !word.startsWith("-") && !word.startsWith("+") && !word.startsWith("@") && word !== "hosts" && word !== "ahosts",
  );
  const typed = args.find((word) => /^-(type|query|q)=/.test(word))?.split("=")[1];
  const known = words.find((word) => /^(A|AAAA|SRV|CNAME|PTR|TXT|NS|SOA|ANY)$/i.test(word));
  const reversed = args.includes("-x");
  const name = words.filter((word) => word !== known)[0] ?? "";
  const ptr = reversed || (tool === "nslookup" && /^\d+\.\d+\.\d+\.\d+$/.test(name));
  const qname = ptr ? `${name.split(".").reverse().join(".")}.in-addr.arpa.` : name;
  return { net: { ask: "dns", tool, name: qname, qtype: ptr ? "PTR" : (typed ?? known ?? "A").toUpperCase(), short: args.includes("+short") } };
}

export const networkCommands: Readonly<Record<string, Command>> = {
  wget: (_, args) => http("wget", args),
  curl: (_, args) => http("curl", args),
  nc: (_, args) => nc(args),
  netcat: (_, args) => nc(args),
  telnet: (_, args) => connect("nc", args, 23, ""),
  nslookup: (_, args) => lookup("nslookup", args),
  dig: (_, args) => lookup("dig", args),
  getent: (_, args) => lookup("getent", args),
  "redis-cli": (_, args) => connect("redis-cli", args, 6379, args.some((word) => word.toLowerCase() === "ping") ? "PONG\n" : "OK\n"),
  pg_isready: (_, args) => connect("pg_isready", args, 5432, ""),
  mysqladmin: (_, args) => connect("mysqladmin", args, 3306, "mysqld is alive\n"),
};

/** What the command prints when its answer, or none, has come. */
export function networkOutcome(command: NetCommand, result: NetResult): CommandOutcome {
  if (command.ask === "dns") return dnsOutcome(command, result);
  if (command.ask === "connect") return connectOutcome(command, result);
  return command.tool === "wget" ? wgetOutcome(command, result) : curlOutcome(command, result);
}

type Http = Extract<NetCommand, { ask: "http" }>;

function wgetOutcome({ host, port, quiet, output }: Http, result: NetResult): CommandOutcome {
  const line = quiet ? "" : `Connecting to ${host}:${port}\n`;
  if (result.kind === "unresolved") return { err: `wget: bad address '${host}'\n`, code: 1 };
  if (result.kind === "refused") return { err: `${line}wget: can't connect to remote host (${host}): Connection refused\n`, code: 1 };
  if (result.kind === "timeout") return { err: `${line}wget: download timed out\n`, code: 1 };
  if (result.kind === "connected") return { err: `${line}wget: error getting response\n`, code: 1 };
  if (result.status >= 400) return { err: `${line}wget: server returned error: HTTP/1.1 ${result.status} ${statusText(result.status)}\n`, code: 1 };
  return output === undefined
    ? { out: result.body, err: line }
    : { err: quiet ? "" : `${line}'${output}' saved\n`, save: { path: output, content: result.body } };
}

function curlOutcome(command: Http, result: NetResult): CommandOutcome {
  const { host, port, quiet } = command;
  const say = (code: number, text: string): CommandOutcome => ({ err: quiet ? "" : `curl: (${code}) ${text}\n`, code });
  if (result.kind === "unresolved") return say(6, `Could not resolve host: ${host}`);
  if (result.kind === "refused") return say(7, `Failed to connect to ${host} port ${port} after 0 ms: Could not connect to server`);
  if (result.kind === "timeout") return say(28, `Connection timed out after ${(command.seconds ?? 5) * 1000} milliseconds`);
  if (result.kind === "connected") return say(52, "Empty reply from server");
  const head = command.headers ? `HTTP/1.1 ${result.status} ${statusText(result.status)}\nServer: ${result.server}\n\n` : "";
  const written = (command.format ?? "").replace(/\\n/g, "\n").replace(/%\{http_code\}|%\{response_code\}/g, String(result.status));
  if (command.fail && result.status >= 400) return { ...say(22, `The requested URL returned error: ${result.status}`), out: written };
  const save = command.output === undefined ? {} : { save: { path: command.output, content: result.body } };
  return { out: head + (command.output === undefined ? result.body : "") + written, ...save };
}

function connectOutcome({ tool, host, port, said }: Extract<NetCommand, { ask: "connect" }>, result: NetResult): CommandOutcome {
  const open = result.kind === "connected" || result.kind === "http";
  if (tool === "nc") {
    if (open) return { err: `${host} (${host}:${port}) open\n` };
    return {
      err:
        result.kind === "unresolved"
          ? `nc: bad address '${host}'\n`
          : result.kind === "refused"
            ? `nc: ${host} (${host}:${port}): Connection refused\n`
            : `nc: ${host} (${host}:${port}): Connection timed out\n`,
      code: 1,
    };
  }
  if (tool === "pg_isready")
    return {
      out: `${host === "127.0.0.1" ? "/var/run/postgresql" : host}:${port} - ${open ? "accepting connections" : "no response"}\n`,
      code: open ? 0 : 2,
    };
  if (open) return { out: said };
  if (tool === "redis-cli")
    return {
      err: `Could not connect to Redis at ${host}:${port}: ${result.kind === "refused" ? "Connection refused" : result.kind === "unresolved" ? "Name or service not known" : "Connection timed out"}\n`,
      code: 1,
    };
  return { err: `${tool}: connect to server at '${host}' failed\n`, code: 1 };
}

const DNS_SERVER = "10.96.0.10";

function dnsOutcome({ tool, name, qtype, short }: Extract<NetCommand, { ask: "dns" }>, result: NetResult): CommandOutcome {
  const failed = result.kind !== "http";
  const found: DnsResult = failed ? { rcode: "SERVFAIL", qname: name, answer: [] } : (JSON.parse(result.body) as DnsResult);
  const data = found.answer.map((row) => ({
    type: row.split(" ")[3] ?? "",
    value: row.split(" ").slice(4).join(" "),
    owner: row.split(" ")[0] ?? "",
  }));
  if (tool === "getent")
    return data.length === 0 ? { code: 2 } : { out: data.map(({ value }) => `${value.padEnd(16)}${found.qname.replace(/\.$/, "")}\n`).join("") };
  if (tool === "dig") {
    if (failed) return { out: ";; connection timed out; no servers could be reached\n", code: 9 };
    if (short) return { out: data.map(({ value }) => `${value}\n`).join("") };
    const answer =
      found.answer.length === 0
        ? ""
        : `;; ANSWER SECTION:\n${found.answer.map((row) => row.split(" ").slice(0, 4).join("\t").concat("\t", row.split(" ").slice(4).join(" "))).join("\n")}\n\n`;
    return {
      out: `;; ->>HEADER<<- opcode: QUERY, status: ${found.rcode}\n\n;; QUESTION SECTION:\n;${found.qname}\t\tIN\t${qtype}\n\n${answer};; SERVER: ${DNS_SERVER}#53(${DNS_SERVER})\n`,
    };
  }
  const server = `Server:\t\t${DNS_SERVER}\nAddress:\t${DNS_SERVER}:53\n\n`;
  if (failed) return { err: ";; connection timed out; no servers could be reached\n", code: 1 };
  if (data.length === 0)
    return {
      out: `${server}** server can't find ${found.qname.replace(/\.$/, "")}: ${found.rcode === "NOERROR" ? "NOERROR" : "NXDOMAIN"}\n\n`,
      code: 1,
    };
  const lines = data.map(({ type, value, owner }) =>
    type === "A" || type === "AAAA"
      ? `Name:\t${owner.replace(/\.$/, "")}\nAddress: ${value}\n`
      : type === "PTR"
        ? `${owner.replace(/\.$/, "")}\tname = ${value.replace(/\.$/, "")}\n`
        : `${owner.replace(/\.$/, "")}\t${type === "CNAME" ? "canonical name" : "service"} = ${value}\n`,
  );
  return { out: `${server}${lines.join("\n")}\n` };
}
