/** The open world, for every part of the lab page. */
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useShallow } from "zustand/shallow";
import type { Session, SessionFile, SessionState } from "../../session/types";
import { type Lab, openLab } from "./lab-session";

const LabContext = createContext<Lab | undefined>(undefined);

interface LabProviderProps {
  readonly place: string | undefined;
  /** The world of a place that was never kept. */
  readonly initial: SessionFile | undefined;
  readonly waiting: ReactNode;
  readonly children: ReactNode;
}

export function LabProvider({ place, initial, waiting, children }: LabProviderProps): ReactNode {
  const [lab, setLab] = useState<Lab | undefined>(undefined);
  const first = useRef(initial);
  useEffect(() => {
    let opened: Lab | undefined;
    let gone = false;
    void openLab(place, first.current).then((next) => {
      if (gone) next.close();
      else {
        opened = next;
        setLab(next);
      }
    });
    return () => {
      gone = true;
      opened?.close();
      setLab(undefined);
    };
  }, [place]);
  if (lab === undefined) return waiting;
  return <LabContext.Provider value={lab}>{children}</LabContext.Provider>;
}

/** Parts below work on this world. */
export function LabScope({ lab, children }: { readonly lab: Lab; readonly children: ReactNode }): ReactNode {
  return <LabContext.Provider value={lab}>{children}</LabContext.Provider>;
}

/** The open world. Only below a LabProvider. */
export function useLab(): Lab {
  const lab = useContext(LabContext);
  if (lab === undefined) throw new Error("no open world here");
  return lab;
}

export const useSession = (): Session => useLab().session;

/** A part of the latest state; renders again when that part changes. Undefined until the worker has sent the first state. */
export function useWorld<T>(select: (state: SessionState) => T): T | undefined {
  return useLab().useState(({ state }) => (state === undefined ? undefined : select(state)));
}

/** Several parts at once, compared one by one. */
export function useWorldParts<T extends object>(select: (state: SessionState) => T): T | undefined {
  return useLab().useState(useShallow(({ state }) => (state === undefined ? undefined : select(state))));
}
