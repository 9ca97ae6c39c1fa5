/** The dialog that is open, if one is. Each is loaded when it is first asked for. */
import { lazy, type ReactNode, Suspense } from "react";
import { useUi } from "../store";

const HelpSheet = lazy(() => import("../shell/help-sheet").then((module) => ({ default: module.HelpSheet })));
const FindDialog = lazy(() => import("./find-dialog").then((module) => ({ default: module.FindDialog })));
const BranchesDialog = lazy(() => import("./branches-dialog").then((module) => ({ default: module.BranchesDialog })));
const FaultsDialog = lazy(() => import("./faults-dialog").then((module) => ({ default: module.FaultsDialog })));
const WorldDialog = lazy(() => import("./world-dialog").then((module) => ({ default: module.WorldDialog })));
const ShareDialog = lazy(() => import("../share/share-dialog").then((module) => ({ default: module.ShareDialog })));

export function Dialogs(): ReactNode {
  const dialog = useUi((state) => state.dialog);
  if (dialog === undefined) return null;
  return (
    <Suspense fallback={null}>
      {dialog === "help" && <HelpSheet />}
      {dialog === "find" && <FindDialog />}
      {dialog === "branches" && <BranchesDialog />}
      {dialog === "faults" && <FaultsDialog />}
      {dialog === "world" && <WorldDialog />}
      {dialog === "share" && <ShareDialog />}
    </Suspense>
  );
}
