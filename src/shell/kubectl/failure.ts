/**
 * How kubectl says what went wrong. A command ends by throwing `Exit`, as the real one calls os.Exit; `main.ts` catches it.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go checkErr, StandardErrorMessage, MultilineError
 */
import type { ApiResponse } from "../../kube/apiserver/door";

export const SERVER_ADDRESS = "control-plane:6443";

/** The end of a kubectl process: what goes to standard error, and the exit code. */
export class Exit extends Error {
  readonly text: string;
  readonly code: number;
  constructor(text: string, code = 1) {
    super(text);
    this.text = text;
    this.code = code;
  }
}

/** A failure in kubectl's own words. */
export const fatal = (message: string): Exit => new Exit(`${message.startsWith("error: ") ? "" : "error: "}${message}\n`);
export const usageError = (command: string, message: string): Exit =>
  new Exit(`error: ${message}\nSee 'kubectl ${command} -h' for help and examples\n`);

interface StatusBody {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly { readonly field?: string; readonly message?: string; readonly reason?: string }[];
  };
}
export const statusOf = (response: ApiResponse): StatusBody =>
  typeof response.body === "object" && response.body !== null ? (response.body as unknown as StatusBody) : { message: String(response.body ?? "") };

export const failed = (response: ApiResponse): boolean => response.code === 0 || response.code >= 400;
export const isNotFound = (response: ApiResponse): boolean => response.code === 404;

/** What was being done with which file when the server refused. */
export interface Doing {
  readonly verb: string;
  readonly source: string;
}

const doingText = (doing: Doing | undefined, message: string): string =>
  doing === undefined ? message : `error when ${doing.verb} ${JSON.stringify(doing.source)}: ${message}`;

/** The server's message, as an error value prints itself. */
export function plainMessage(response: ApiResponse, doing?: Doing): string {
  if (response.code === 0) return connection(response);
  return doingText(doing, statusOf(response).message ?? "");
}

function connection(response: ApiResponse): string {
  return (statusOf(response).message ?? "").includes("refused")
    ? `The connection to the server ${SERVER_ADDRESS} was refused - did you specify the right host or port?`
    : `Unable to connect to the server: net/http: ${statusOf(response).message ?? "timeout"}`;
}

/**
 * The lines kubectl prints for a refused request.
 * @rule kubectl.errors.status
 */
export function failureText(response: ApiResponse, doing?: Doing): string {
  if (response.code === 0) return `${connection(response)}\n`;
  const status = statusOf(response);
  if (status.reason === "Invalid" && status.details !== undefined) {
    const { name = "", kind = "", causes = [] } = status.details;
    const start = kind === "" && name === "" ? "The request is invalid" : `The ${kind} "${name}" is invalid`;
    const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
    if (texts.length === 0) return `${start}${status.message ? `: ${status.message}` : ""}\n`;
    return texts.length === 1 ? `${start}: ${texts[0]}\n` : `${start}: \n${texts.map((text) => `* ${text}\n`).join("")}`;
  }
  const message = doingText(doing, status.message ?? "");
  if (status.kind !== "Status") return `Error from server: ${message}\n`;
  return status.reason === undefined || status.reason === ""
    ? `Error from server: ${message}\n`
    : `Error from server (${status.reason}): ${message}\n`;
}

export const refused = (response: ApiResponse, doing?: Doing): Exit => new Exit(failureText(response, doing));

/** Several failures are shown without the word that a single one begins with. @source checkErr, MultipleErrors */
export const together = (texts: readonly string[]): string => (texts.length < 2 ? texts : texts.map((text) => text.replace(/^error: /, ""))).join("");
