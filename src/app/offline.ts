/** The offline copy: after one visit everything works with the network cut. A new version waits until the person agrees. */
import { registerSW } from "virtual:pwa-register";
import { create } from "zustand";

interface Offline {
  readonly ready: boolean;
  readonly update: (() => void) | undefined;
  readonly online: boolean;
}

export const useOffline = create<Offline>()(() => ({ ready: false, update: undefined, online: navigator.onLine }));

export function offerUpdates(): void {
  addEventListener("online", () => useOffline.setState({ online: true }));
  addEventListener("offline", () => useOffline.setState({ online: false }));
  if (!("serviceWorker" in navigator)) return;
  const update = registerSW({
    onOfflineReady: () => useOffline.setState({ ready: true }),
    onNeedRefresh: () => useOffline.setState({ update: () => void update(true) }),
  });
}
