/**
 * The keyboard map: what each key does, in which view, and how an event is matched to it. Keys can be changed or switched off; single
 * letters never work while text is being typed.
 *
 * A key is written as `KeyboardEvent.key`, with `Shift+` before it when the shift key matters (`Shift+.`).
 */
export const LAB_ACTIONS = {
  play: "Space",
  strokeNext: ".",
  strokeBack: ",",
  touchNext: "Shift+.",
  touchBack: "Shift+,",
  faster: "]",
  slower: "[",
  start: "Home",
  head: "End",
  branch: "b",
  zoomIn: "+",
  zoomOut: "-",
  fit: "0",
  find: "/",
  terminal: "`",
  editor: "y",
  inspector: "i",
  score: "s",
  why: "w",
  ghosts: "g",
  lens: "z",
  asText: "a",
  present: "p",
  theme: "t",
  language: "l",
  help: "?",
} as const;
export const PRESENTER_ACTIONS = {
  beatNext: "PageDown",
  beatBack: "PageUp",
  reset: "r",
  hide: "h",
  freeze: "f",
  blank: "k",
  timer: "t",
  speaker: "n",
  console: "`",
} as const;

export type LabAction = keyof typeof LAB_ACTIONS;
export type PresenterAction = keyof typeof PRESENTER_ACTIONS;
export type Action = LabAction | `present.${PresenterAction}`;
export type Keymap = Readonly<Partial<Record<Action, string>>>;

/** Other physical keys that clickers and layouts send for the same action. */
const ALSO: Readonly<Partial<Record<Action, readonly string[]>>> = {
  zoomIn: ["="],
  "present.blank": ["b"],
  "present.beatNext": ["ArrowRight"],
  "present.beatBack": ["ArrowLeft"],
};

export function keyOf(action: Action, changed: Keymap): string {
  const own = changed[action];
  if (own !== undefined) return own;
  return action.startsWith("present.") ? PRESENTER_ACTIONS[action.slice("present.".length) as PresenterAction] : LAB_ACTIONS[action as LabAction];
}

/** How a key event is written in the map. The physical key decides for letters, so that a Korean input method does not swallow them. */
export function nameOfEvent(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const physical: Readonly<Record<string, string>> = { Period: ".", Comma: ",", Space: "Space", Backquote: "`", BracketLeft: "[", BracketRight: "]" };
  if (["?", "/", "+"].includes(event.key)) return event.key;
  const base = letter ?? physical[event.code] ?? event.key;
  return event.shiftKey && base.length === 1 ? `Shift+${base}` : base;
}

/** The action of an event among some actions, or undefined. */
export function actionOf<A extends Action>(event: KeyboardEvent, actions: readonly A[], changed: Keymap): A | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const name = nameOfEvent(event);
  return actions.find((action) => keyOf(action, changed) === name) ?? actions.find((action) => ALSO[action]?.includes(name) === true);
}

/** Whether the person is typing text there, so that letters are not commands. */
export function typesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=range])");
}

export const LAB_ACTION_NAMES = Object.keys(LAB_ACTIONS) as readonly LabAction[];
export const PRESENTER_ACTION_NAMES = Object.keys(PRESENTER_ACTIONS).map((name) => `present.${name}`) as readonly `present.${PresenterAction}`[];

/** Key of the text that says what an action does. */
export const actionText = (action: Action): string =>
  action.startsWith("present.") ? `app.presenting.${action.slice("present.".length)}` : `app.action.${action}`;
