/** Shared. */
import type { ReactNode } from "react";

export function SharedPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
