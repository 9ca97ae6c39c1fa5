/**
 * State of the interface: what is selected, which panes are open, theme, language, keys. The world never lives here. What a person set
 * once (theme, language, keys, motion) is kept in the browser; the rest is forgotten with the page.
 */
import { create } from "zustand";
import type { Language } from "../locales/i18n";
import { setLanguage } from "../locales/i18n";
import type { Action, Keymap } from "./keymap";

export type Theme = "system" | "light" | "dark";
export type Motion = "system" | "reduced";
export type DockTab = "terminal" | "editor" | "commands";
export type DialogName = "help" | "find" | "share" | "branches" | "faults" | "world";
export type Route = "descend" | "build";

export interface Panes {
  /** Beside the stage, where there is room. */
  readonly inspector: boolean;
  /** Over the stage, where there is not. */
  readonly inspectorOver: boolean;
  /** Undefined: unfolded where there is room, folded otherwise. */
  readonly score: boolean | undefined;
  readonly dock: boolean;
  readonly dockTab: DockTab;
  readonly dockHeight: number | undefined;
}

interface Settings {
  readonly theme: Theme;
  readonly language: Language;
  readonly motion: Motion;
  readonly keysOn: boolean;
  readonly keymap: Keymap;
  readonly route: Route;
}

export interface Ui extends Settings {
  readonly panes: Panes;
  readonly dialog: DialogName | undefined;
  /** One plain line at the bottom; a new one replaces it. */
  readonly toast: { readonly id: number; readonly text: string } | undefined;
  readonly openFile: string | undefined;
  /** Texts in the editor that are not in the workspace yet. */
  readonly drafts: Readonly<Record<string, string>>;
  /** A lesson steps time by hand: commands do not set the world going. */
  readonly holdsTime: boolean;
  /** Uids that a hovered stroke or word is about. */
  readonly lit: readonly string[];
  readonly asText: boolean;
  readonly why: boolean;
  readonly ghosts: boolean;
  /** Branch that is drawn over this one in blue pencil. */
  readonly overlay: number | undefined;
  /** Where a machine is looked at: its processes, or its union mounts. */
  readonly depth: "kern" | "fs";
  /** The terminals of a machine that are shown, one in each pane of the dock. */
  readonly consoles: readonly [string, string];
}

const STORAGE = "strata.settings";
const DEFAULTS: Settings = { theme: "system", language: "en", motion: "system", keysOn: true, keymap: {}, route: "descend" };

function spokenLanguage(): Language {
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("ko")) ? "ko" : "en";
}

function readSettings(): Settings {
  const fallback = { ...DEFAULTS, language: spokenLanguage() };
  try {
    const saved: unknown = JSON.parse(localStorage.getItem(STORAGE) ?? "{}");
    if (typeof saved !== "object" || saved === null) return fallback;
    const fields = saved as Partial<Settings>;
    return {
      theme: fields.theme === "light" || fields.theme === "dark" ? fields.theme : "system",
      language: fields.language === "ko" || fields.language === "en" ? fields.language : fallback.language,
      motion: fields.motion === "reduced" ? "reduced" : "system",
      keysOn: fields.keysOn !== false,
      keymap: typeof fields.keymap === "object" && fields.keymap !== null ? fields.keymap : {},
      route: fields.route === "build" ? "build" : "descend",
    };
  } catch {
    return fallback;
  }
}

function writeSettings(ui: Settings): void {
  const { theme, language, motion, keysOn, keymap, route } = ui;
  try {
    localStorage.setItem(STORAGE, JSON.stringify({ theme, language, motion, keysOn, keymap, route }));
  } catch {
    // A private window without storage: settings last as long as the page.
  }
}

export const useUi = create<Ui>()(() => ({
  ...readSettings(),
  panes: { inspector: true, inspectorOver: false, score: undefined, dock: true, dockTab: "terminal", dockHeight: undefined },
  dialog: undefined,
  toast: undefined,
  openFile: undefined,
  drafts: {},
  holdsTime: false,
  lit: [],
  asText: false,
  why: false,
  ghosts: false,
  overlay: undefined,
  depth: "kern",
  consoles: ["1", "2"],
}));

const set = useUi.setState;
const DARK = "(prefers-color-scheme: dark)";

function settle(change: Partial<Settings>): void {
  set(change);
  writeSettings(useUi.getState());
  showTheme();
}

/** Puts theme and motion where the style sheet sees them. The system's theme is looked up here, so that the sheet states each once. */
function showTheme(): void {
  const { theme, motion } = useUi.getState();
  const root = document.documentElement;
  root.dataset["theme"] = isDark(theme) ? "dark" : "light";
  if (motion === "reduced") root.dataset["motion"] = "reduced";
  else delete root.dataset["motion"];
}

export const isDark = (theme: Theme): boolean => theme === "dark" || (theme === "system" && matchMedia(DARK).matches);

/** Shows the theme, now and when the system turns dark or light. */
export function followTheme(): void {
  showTheme();
  matchMedia(DARK).addEventListener("change", showTheme);
}

export const ui = {
  setTheme: (theme: Theme): void => settle({ theme }),
  toggleTheme: (): void => settle({ theme: isDark(useUi.getState().theme) ? "light" : "dark" }),
  setLanguage: (language: Language): void => {
    settle({ language });
    void setLanguage(language);
  },
  toggleLanguage: (): void => ui.setLanguage(useUi.getState().language === "ko" ? "en" : "ko"),
  setMotion: (motion: Motion): void => settle({ motion }),
  setKeysOn: (keysOn: boolean): void => settle({ keysOn }),
  setRoute: (route: Route): void => settle({ route }),
  setKey: (action: Action, key: string | undefined): void => {
    const { [action]: _old, ...rest } = useUi.getState().keymap;
    settle({ keymap: key === undefined ? rest : { ...rest, [action]: key } });
  },
  setPanes: (change: Partial<Panes>): void => set((state) => ({ panes: { ...state.panes, ...change } })),
  open: (dialog: DialogName | undefined): void => set({ dialog }),
  say: (text: string): void => set((state) => ({ toast: { id: (state.toast?.id ?? 0) + 1, text } })),
  unsay: (): void => set({ toast: undefined }),
  openFile: (path: string | undefined): void => set({ openFile: path }),
  draft: (path: string, text: string | undefined): void =>
    set((state) => {
      const { [path]: _old, ...rest } = state.drafts;
      return { drafts: text === undefined ? rest : { ...rest, [path]: text } };
    }),
  light: (lit: readonly string[]): void => set({ lit }),
  holdTime: (holdsTime: boolean): void => set({ holdsTime }),
  goTo: (depth: Ui["depth"]): void => set({ depth }),
  showConsole: (pane: 0 | 1, terminal: string): void =>
    set(({ consoles }) => ({ consoles: pane === 0 ? [terminal, consoles[1]] : [consoles[0], terminal] })),
  overlay: (overlay: number | undefined): void => set({ overlay }),
  toggle: (name: "asText" | "why" | "ghosts"): void => set((state) => ({ [name]: !state[name] })),
};
