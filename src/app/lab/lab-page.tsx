/** The lab. */
import type { ReactNode } from "react";

export function LabPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
