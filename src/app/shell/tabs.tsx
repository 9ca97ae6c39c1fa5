/** Tabs by the usual pattern: one tab stop, arrows move, the chosen panel is the caller's. */
import type { KeyboardEvent, ReactNode } from "react";

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly text: ReactNode;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
  /** Prefix of the ids that tie tabs to panels. */
  readonly name: string;
}

export function TabList<Id extends string>({ label, tabs, selected, onSelect, name }: TabsProps<Id>): ReactNode {
  const move = (event: KeyboardEvent, from: number): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(from + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onSelect(next.id);
    document.getElementById(`${name}-tab-${next.id}`)?.focus();
  };
  return (
    <div className="tablist" role="tablist" aria-label={label}>
      {tabs.map((tab, i) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${name}-tab-${tab.id}`}
          aria-controls={`${name}-panel`}
          aria-selected={tab.id === selected}
          tabIndex={tab.id === selected ? 0 : -1}
          className={tab.id === selected ? "on" : undefined}
          onClick={() => onSelect(tab.id)}
          onKeyDown={(event) => move(event, i)}
        >
          {tab.text}
        </button>
      ))}
    </div>
  );
}
