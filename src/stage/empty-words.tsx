/** What an empty stage says: how to wish for something. */
import type { ReactNode } from "react";
import { useSay } from "./words";

/** `record`: under the empty record of the cluster's picture, in its units. */
export function EmptyWords({ place }: { readonly place: "narrow" | "wide" | "record" }): ReactNode {
  const say = useSay();
  return (
    <div className={`stage-empty ${place}`}>
      {say({ key: "stage.empty.text" })}
      <code>kubectl create deployment web --image=nginx --replicas=3</code>
    </div>
  );
}
