/**
 * Where busybox says the same thing in other words than GNU's programs: patterns of a complaint, by applet.
 *
 * @source busybox@1.35 libbb/perror_msg.c, libbb/xfuncs_printf.c and the applets' sources
 */
type Rewording = readonly [pattern: RegExp, words: string];

const CANNOT_OPEN: Rewording = [/^(.*): ([A-Z].*)$/, "can't open '$1': $2"];
const quoted = (before: string): RegExp => new RegExp(`^${before} '(.*)': (.*)$`);
const NAME_ONLY = "$1: $2";

const WORDS: Readonly<Record<string, readonly Rewording[]>> = {
  cat: [CANNOT_OPEN],
  head: [
    [quoted("cannot open"), NAME_ONLY],
    [/^cannot open '(.*)' for reading: (.*)$/, NAME_ONLY],
  ],
  tail: [[/^cannot open '(.*)' for reading: (.*)$/, "can't open '$1': $2"]],
  dd: [[/^failed to open '(.*)': (.*)$/, "can't open '$1': $2"]],
  mkdir: [[quoted("cannot create directory"), "can't create directory '$1': $2"]],
  rm: [[quoted("cannot remove"), "can't remove '$1': $2"]],
  rmdir: [[quoted("failed to remove"), "'$1': $2"]],
  touch: [[quoted("cannot touch"), NAME_ONLY]],
  cp: [
    [quoted("cannot stat"), "can't stat '$1': $2"],
    [/^-r not specified; omitting directory '(.*)'$/, "omitting directory '$1'"],
    [/^cannot create (?:regular file|directory) '(.*)': (.*)$/, "can't create '$1': $2"],
  ],
  mv: [
    [quoted("cannot stat"), "can't rename '$1': $2"],
    [/^cannot move '(.*)' to '.*': (.*)$/, "can't rename '$1': $2"],
  ],
  ln: [
    [/^failed to create (?:symbolic|hard) link '(.*)': (.*)$/, NAME_ONLY],
    [quoted("failed to access"), NAME_ONLY],
  ],
  chmod: [[/^(?:cannot access|changing permissions of) '(.*)': (.*)$/, NAME_ONLY]],
  chown: [[/^(?:cannot access|changing ownership of) '(.*)': (.*)$/, NAME_ONLY]],
  stat: [[/^cannot statx? '(.*)': (.*)$/, "can't stat '$1': $2"]],
  chroot: [
    [quoted("cannot change root directory to"), "can't change root directory to '$1': $2"],
    [quoted("failed to run command"), "can't execute '$1': $2"],
  ],
  env: [[/^'(.*)': (.*)$/, "can't execute '$1': $2"]],
  sleep: [[/^invalid time interval '(.*)'$/, "invalid number '$1'"]],
  kill: [
    [/^\((\d+)\) - (.*)$/, "can't kill pid $1: $2"],
    [/^sending signal to (\d+) failed: (.*)$/, "can't kill pid $1: $2"],
  ],
  id: [[/^'(.*)': no such user$/, "unknown user $1"]],
  find: [[/^'(.*)': (.*)$/, NAME_ONLY]],
  du: [[quoted("cannot access"), NAME_ONLY]],
  hostname: [[/^you must be root to change the host name$/, "sethostname: Operation not permitted"]],
  sort: [[/^cannot read: (.*): (.*)$/, NAME_ONLY]],
  sed: [[/^can't read (.*): (.*)$/, NAME_ONLY]],
  sh: [
    [/^0: cannot open (.*): No such file$/, "can't open '$1': No such file or directory"],
    [/^(?:\d+: )?exec: (.*): not found$/, "exec: line 0: $1: not found"],
    [/^(?:\d+: )?cannot open (.*): No such file$/, "can't open $1: no such file"],
    [/^(?:\d+: )?cannot create (.*): Directory nonexistent$/, "can't create $1: nonexistent directory"],
    [/^(?:\d+: )?cannot create (.*): (.*)$/, "can't create $1: $2"],
    [/^(?:\d+: )?cd: can't cd to (.*)$/, "cd: line 0: can't cd to $1: No such file or directory"],
    [/^\d+: (.*)$/, "$1"],
  ],
};

/** One complaint in busybox's words; empty for a hint that busybox does not give. */
export function reworded(applet: string, line: string): string {
  const usual = /^Try '.*--help' for more information\.$/.test(line);
  if (usual) return "";
  const [, name, text] = /^([^:]*): (.*)$/s.exec(line) ?? [];
  if (name === undefined || text === undefined) return `${line}\n`;
  const found = WORDS[applet]?.find(([pattern]) => pattern.test(text));
  return `${name}: ${found === undefined ? text : text.replace(found[0], found[1])}\n`;
}
