/** Speaker. */
import type { ReactNode } from "react";

export function SpeakerPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
