/**
 * What Kubernetes accepts as a name, label, key or port, and the words in which it refuses the rest. Each function returns the list of
 * complaints, empty when the value is good; several complaints stand together.
 *
 * Not modelled: lengths are counted in UTF-16 units, which are bytes for every text that passes the patterns.
 */

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED})?`;
const WILDCARD = `\\*\\.${SUBDOMAIN}`;
const HEADER = "[-A-Za-z0-9]+";
const ENV_NAME = "[-._a-zA-Z][-._a-zA-Z0-9]*";
const CONFIG_KEY = "[-._a-zA-Z0-9]+";
const C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";
const PERCENT = "[0-9]+%";

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const LABEL_RE = whole(LABEL);
const SUBDOMAIN_RE = whole(SUBDOMAIN);
const LABEL_1035_RE = whole(LABEL_1035);
const QUALIFIED_RE = whole(QUALIFIED);
const LABEL_VALUE_RE = whole(LABEL_VALUE);
const WILDCARD_RE = whole(WILDCARD);
const HEADER_RE = whole(HEADER);
const ENV_NAME_RE = whole(ENV_NAME);
const CONFIG_KEY_RE = whole(CONFIG_KEY);
const C_IDENTIFIER_RE = whole(C_IDENTIFIER);
const PERCENT_RE = whole(PERCENT);
const PRINTABLE_RE = /^[\x20-\x3c\x3e-\x7e]*$/;

const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_1035_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
const QUALIFIED_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const WILDCARD_WORDS =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
const ENV_NAME_WORDS =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
const RELAXED_ENV_NAME_WORDS = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const CONFIG_KEY_WORDS = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
const C_IDENTIFIER_WORDS = "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";

export const EMPTY_ERROR = "must be non-empty";
export const maxLenError = (length: number): string => `must be no more than ${length} characters`;
const maxBytesError = (length: number): string => `must be no more than ${length} bytes`;
export const inclusiveRangeError = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go RegexError */
export function regexError(message: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(" or ")}regex used for validation is '${pattern}')`;
}

/**
 * @rule kube.names.dns1123-label
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsDNS1123Label
 */
export function isDNS1123Label(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLenError(63));
  if (!LABEL_RE.test(value)) errors.push(SUBDOMAIN_RE.test(value) ? "must not contain dots" : regexError(LABEL_WORDS, LABEL, "my-name", "123-abc"));
  return errors;
}

/**
 * @rule kube.names.dns1123-subdomain
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsDNS1123Subdomain
 */
export function isDNS1123Subdomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLenError(253));
  if (!SUBDOMAIN_RE.test(value)) errors.push(regexError(SUBDOMAIN_WORDS, SUBDOMAIN, "example.com"));
  return errors;
}

/**
 * @rule kube.names.dns1035-label
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsDNS1035Label
 */
export function isDNS1035Label(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxLenError(63));
  if (!LABEL_1035_RE.test(value)) errors.push(regexError(LABEL_1035_WORDS, LABEL_1035, "my-name", "abc-123"));
  return errors;
}

/**
 * @rule kube.names.wildcard-subdomain
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsWildcardDNS1123Subdomain
 */
export function isWildcardDNS1123Subdomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLenError(253));
  if (!WILDCARD_RE.test(value)) errors.push(regexError(WILDCARD_WORDS, WILDCARD, "*.example.com"));
  return errors;
}

/**
 * A label or annotation key: a name, optionally after a DNS subdomain and a slash.
 * @rule kube.names.qualified-name
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validate/content/kube.go IsLabelKey
 */
export function isQualifiedName(value: string): string[] {
  const errors: string[] = [];
  const parts = value.split("/");
  if (parts.length > 2) {
    const words = regexError(QUALIFIED_WORDS, QUALIFIED, "MyName", "my.name", "123-abc");
    return [`a valid label key ${words} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts[parts.length - 1] ?? "";
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === "") errors.push(`prefix part ${EMPTY_ERROR}`);
  else if (prefix !== undefined) {
    if (prefix.length > 253) errors.push(`prefix part ${maxBytesError(253)}`);
    if (!SUBDOMAIN_RE.test(prefix)) errors.push(`prefix part ${regexError(SUBDOMAIN_WORDS, SUBDOMAIN, "example.com")}`);
  }
  if (name === "") errors.push(`name part ${EMPTY_ERROR}`);
  else if (name.length > 63) errors.push(`name part ${maxBytesError(63)}`);
  if (!QUALIFIED_RE.test(name)) errors.push(`name part ${regexError(QUALIFIED_WORDS, QUALIFIED, "MyName", "my.name", "123-abc")}`);
  return errors;
}

/**
 * @rule kube.names.label-value
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validate/content/kube.go IsLabelValue
 */
export function isValidLabelValue(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push(maxBytesError(63));
  if (!LABEL_VALUE_RE.test(value)) errors.push(regexError(LABEL_VALUE_WORDS, LABEL_VALUE, "MyValue", "my_value", "12345"));
  return errors;
}

/**
 * @rule kube.names.port-name
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsValidPortName
 */
export function isValidPortName(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLenError(15));
  if (!/^[-a-z0-9]+$/.test(value)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) errors.push("must contain at least one letter (a-z)");
  if (value.includes("--")) errors.push("must not contain consecutive hyphens");
  if (value.startsWith("-") || value.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsInRange */
export const isInRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [inclusiveRangeError(low, high)];

/**
 * @rule kube.names.port-number
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsValidPortNum
 */
export const isValidPortNum = (port: number): string[] => isInRange(port, 1, 65535);
export const isValidUserID = (id: number): string[] => isInRange(id, 0, 2147483647);
export const isValidGroupID = (id: number): string[] => isInRange(id, 0, 2147483647);

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsValidPercent */
export const isValidPercent = (value: string): string[] =>
  PERCENT_RE.test(value) ? [] : [regexError("a valid percent string must be a numeric string followed by an ending '%'", PERCENT, "1%", "93%")];

/**
 * @rule kube.names.http-header-name
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsHTTPHeaderName
 */
export const isHTTPHeaderName = (value: string): string[] =>
  HEADER_RE.test(value) ? [] : [regexError("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER, "X-Header-Name")];

/**
 * @rule kube.names.env-var-name
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsEnvVarName
 */
export function isEnvVarName(value: string): string[] {
  const errors: string[] = [];
  if (!ENV_NAME_RE.test(value)) errors.push(regexError(ENV_NAME_WORDS, ENV_NAME, "my.env-name", "MY_ENV.NAME", "MyEnvName1"));
  return [...errors, ...chDirPrefix(value)];
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsRelaxedEnvVarName */
export function isRelaxedEnvVarName(value: string): string[] {
  const errors: string[] = [];
  if (value === "") errors.push(`environment variable name ${EMPTY_ERROR}`);
  if (!PRINTABLE_RE.test(value)) errors.push(RELAXED_ENV_NAME_WORDS);
  return errors;
}

/**
 * @rule kube.names.config-map-key
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go IsConfigMapKey
 */
export function isConfigMapKey(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLenError(253));
  if (!CONFIG_KEY_RE.test(value)) errors.push(regexError(CONFIG_KEY_WORDS, CONFIG_KEY, "key.name", "KEY_NAME", "key-name"));
  return [...errors, ...chDirPrefix(value)];
}

/**
 * @rule kube.names.c-identifier
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validate/content/identifier.go IsCIdentifier
 */
export const isCIdentifier = (value: string): string[] =>
  C_IDENTIFIER_RE.test(value) ? [] : [regexError(C_IDENTIFIER_WORDS, C_IDENTIFIER, "my_name", "MY_NAME", "MyName")];

function chDirPrefix(value: string): string[] {
  if (value === ".") return ["must not be '.'"];
  if (value === "..") return ["must not be '..'"];
  return value.startsWith("..") ? ["must not start with '..'"] : [];
}

/** The refusal as the field package prints it; path is "<nil>" at the root. */
export const invalidValue = (path: string, value: string, detail: string): string => `${path}: Invalid value: ${value}: ${detail}`;
