/** A person as a round field with a letter; the pattern is the person's own. */
import type { ReactElement } from "react";

const steps = 6;

/** FNV-1a over the id: the same person looks the same everywhere. */
const stepOf = (userId: string): number =>
  (Array.from(userId).reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619), 2_166_136_261) >>> 4) % steps;

/** Has no name: the person's name stands beside it. The letter is drawn by the style sheet, so that it is no part of any text. */
export const Avatar = ({ userId, name }: { readonly userId: string; readonly name: string }): ReactElement => (
  <span className="avatar" data-step={stepOf(userId)} data-letter={Array.from(name)[0]?.toUpperCase() ?? "?"} aria-hidden="true" />
);
