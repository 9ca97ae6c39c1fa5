/** Settings. */
import type { ReactNode } from "react";

export function SettingsPage(_props: Readonly<Record<string, unknown>>): ReactNode {
  return null;
}
