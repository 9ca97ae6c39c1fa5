/** The races that there are, by name and title, without the machinery that runs them. */
import { TRACES } from "../../../linux/fs/differences/traces";

export const RACES: readonly { readonly id: string; readonly title: string }[] = TRACES.map(({ id, title }) => ({ id, title }));
