/** The administration's own words, in English. They are in a catalogue of their own: who never opens it does not load them. */
import { lists } from "./lists.js";
import { questions } from "./questions.js";

/** The words of its views by name. */
export const views = { ...lists, ...questions } as const;
