/** The workspace's files as tabs, with ways to make, take in, save and remove them. */
import { type ReactNode, useEffect, useRef } from "react";
import { useT } from "../../locales/i18n";
import { download, filesOfPick, type Taken, take } from "../editor/workspace";
import { CrossIcon, DownIcon, FolderIcon, PlusIcon } from "../glyphs/icons";
import { FilePicker } from "../shell/file-picker";
import { ui, useUi } from "../store";
import { useSession, useWorld } from "./lab-context";

const FIRST_FILE = "web.yaml";

/** The file in the editor: the one chosen, else the first of the workspace, else a new one. */
export function useOpenFile(): string {
  const open = useUi((state) => state.openFile);
  const first = useWorld((state) => Object.keys(state.files)[0]);
  return open ?? first ?? FIRST_FILE;
}

/** Says what became of files that were taken in. */
export function useSayTaken(): (taken: Taken) => void {
  const t = useT();
  return ({ written, refused }) => {
    const [first] = written;
    if (first !== undefined) ui.openFile(first);
    const [out] = refused;
    if (out !== undefined) ui.say(t(`app.files.${out.why}`, { path: out.path, count: refused.length }));
    else if (first !== undefined)
      ui.say(t("app.files.taken", { count: written.length, folder: first.includes("/") ? (first.split("/")[0] ?? "") : first }));
  };
}

/** The last part of a path, unless two files would look the same. */
function shortName(name: string, all: readonly string[]): string {
  const last = name.split("/").at(-1) ?? name;
  return all.some((other) => other !== name && other.endsWith(`/${last}`)) ? name : last;
}

function EditedName({ name }: { readonly name: string }): ReactNode {
  return (
    <div className="file-tabs">
      <div className="file-names">
        <button type="button" className="on" disabled>
          {name}
        </button>
      </div>
    </div>
  );
}

export function FileTabs(): ReactNode {
  const t = useT();
  const session = useSession();
  const files = useWorld((state) => state.files) ?? {};
  const drafts = useUi((state) => state.drafts);
  const open = useOpenFile();
  const say = useSayTaken();
  const editing = useWorld((state) => state.terminals["1"]?.edit?.name);
  const shown = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    shown.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [open]);
  const names = [...new Set([...Object.keys(files), ...Object.keys(drafts), open])];
  const text = drafts[open] ?? files[open] ?? "";
  const create = (): void => {
    for (let i = 1; ; i++) {
      const name = `file-${i}.yaml`;
      if (names.includes(name)) continue;
      ui.draft(name, "");
      ui.openFile(name);
      return;
    }
  };
  const rename = (): void => {
    const name = prompt(t("app.files.rename"), open)?.trim();
    if (name === undefined || name === "" || name === open || name.length > 120) return;
    ui.draft(name, text);
    ui.draft(open, undefined);
    if (files[open] !== undefined) session.deleteFile(open);
    ui.openFile(name);
  };
  // The editor is lent to the command until the text is saved or given up.
  if (editing !== undefined) return <EditedName name={editing} />;
  return (
    <div className="file-tabs">
      <div className="file-names">
        {names.map((name) => (
          <button
            key={name}
            ref={name === open ? shown : undefined}
            type="button"
            className={name === open ? "on" : undefined}
            aria-pressed={name === open}
            title={name}
            onClick={() => ui.openFile(name)}
            onDoubleClick={rename}
          >
            {shortName(name, names)}
            {drafts[name] !== undefined && <span className="dot" role="img" aria-label={t("app.files.unsaved")} />}
          </button>
        ))}
      </div>
      <button type="button" className="tb" aria-label={t("app.files.new")} title={t("app.files.new")} onClick={create}>
        <PlusIcon />
      </button>
      <FilePicker
        className="tb"
        label={t("app.files.pick")}
        multiple
        testId="file-picker"
        onPick={(list) => void take(session, filesOfPick(list)).then(say)}
      >
        <FolderIcon />
      </FilePicker>
      <button type="button" className="tb" aria-label={t("app.files.download")} title={t("app.files.download")} onClick={() => download(open, text)}>
        <DownIcon />
      </button>
      <button
        type="button"
        className="tb"
        aria-label={t("app.files.delete")}
        title={t("app.files.delete")}
        onClick={() => {
          ui.draft(open, undefined);
          if (files[open] !== undefined) session.deleteFile(open);
          ui.openFile(undefined);
        }}
      >
        <CrossIcon />
      </button>
    </div>
  );
}
