/** How high the dock is: as it was dragged, or what suits the window. */
import { useShort } from "../shell/media";
import { useUi } from "../store";

const TALL = 240;
const LOW = 160;

export function useDockHeight(): number {
  const short = useShort();
  const set = useUi((state) => state.panes.dockHeight);
  return set ?? (short ? LOW : TALL);
}
