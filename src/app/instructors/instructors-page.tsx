/** Instructors. */
import type { ReactNode } from "react";

export function InstructorsPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
