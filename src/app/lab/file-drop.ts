/** Files and folders dropped anywhere on the lab go into the workspace. */
import { type DragEvent, useState } from "react";
import { filesOfDrop, take } from "../editor/workspace";
import { ui } from "../store";
import { useSayTaken } from "./file-tabs";
import { useSession } from "./lab-context";

interface FileDrop {
  readonly over: boolean;
  readonly handlers: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

export function useFileDrop(): FileDrop {
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
        void filesOfDrop(event.dataTransfer)
          .then((files) => take(session, files))
          .then((taken) => {
            say(taken);
            ui.setPanes({ dock: true });
          });
      },
    },
  };
}
