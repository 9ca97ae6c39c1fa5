/** Files and folders dropped anywhere on the lab go into the workspace; a saved session is opened. */
import { type DragEvent, useState } from "react";
import { MAX_FILE_BYTES, parseSessionText } from "../../session/session-file";
import type { SessionFile } from "../../session/types";
import { useT } from "../../locales/i18n";
import { filesOfDrop, take } from "../editor/workspace";
import { ui } from "../store";
import { useSayTaken } from "./file-tabs";
import { useSession } from "./lab-context";

/** The session in a file, if it holds one. */
async function worldIn(file: File): Promise<SessionFile | undefined> {
  if (!file.name.endsWith(".json") || file.size > MAX_FILE_BYTES) return undefined;
  const parsed = parseSessionText(await file.text());
  return parsed.ok ? parsed.file : undefined;
}

interface FileDrop {
  readonly over: boolean;
  readonly handlers: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

export function useFileDrop(): FileDrop {
  const t = useT();
  const session = useSession();
  const say = useSayTaken();
  const [over, setOver] = useState(false);
  const brings = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    over,
    handlers: {
      onDragOver: (event) => {
        if (!brings(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event) => {
        if (event.currentTarget === event.target || event.relatedTarget === null) setOver(false);
      },
      onDrop: (event) => {
        setOver(false);
        if (!brings(event)) return;
        event.preventDefault();
        void filesOfDrop(event.dataTransfer).then(async (files) => {
          const [only] = files;
          const world = files.length === 1 && only !== undefined ? await worldIn(only.file) : undefined;
          if (world !== undefined) {
            await session.load(world);
            ui.say(t("app.share.imported"));
            return;
          }
          say(await take(session, files));
          ui.setPanes({ dock: true });
        });
      },
    },
  };
}
