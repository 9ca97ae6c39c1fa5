/** A button that asks for files of the computer. The same file can be picked twice in a row. */
import { type ReactNode, useRef } from "react";

interface FilePickerProps {
  readonly onPick: (files: FileList) => void;
  /** What the button says; with `label` a picture that is named by it. */
  readonly children: ReactNode;
  readonly label?: string;
  readonly className?: string;
  readonly accept?: string;
  readonly multiple?: boolean;
  readonly testId: string;
}

export const JSON_FILES = "application/json,.json";

export function FilePicker({ onPick, children, label, className = "button quiet", accept, multiple, testId }: FilePickerProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={className} aria-label={label} title={label} onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        hidden
        data-testid={testId}
        onChange={(event) => {
          const { files } = event.target;
          if (files !== null && files.length > 0) onPick(files);
          event.target.value = "";
        }}
      />
    </>
  );
}
