/** Presenter. */
import type { ReactNode } from "react";

export function PresenterPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
