/** A person as a round field with a letter; the pattern is the person's own. */
import type { ReactElement } from "react";

const steps = 6;

const stepOf = (userId: string): number => [...userId].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997, 7) % steps;

/** Has no name: the person's name stands beside it. */
export const Avatar = ({ userId, name }: { readonly userId: string; readonly name: string }): ReactElement => (
  <span className="avatar" data-step={stepOf(userId)} aria-hidden="true">
    {[...name][0]?.toUpperCase() ?? "?"}
  </span>
);
