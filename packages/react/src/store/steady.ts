/** What stays the same object while it says the same: so that what is rendered from it alone is not rendered anew at each press. */
import { useInsertionEffect, useRef, useState } from "react";

type Functions = Readonly<Record<string, (...values: never[]) => void>>;

/** Functions that stay the same and do what the newest ones do. For handlers: they must not be called while something is rendered. */
export const useSteady = <T extends Functions>(functions: T): T => {
  const newest = useRef(functions);
  useInsertionEffect(() => {
    newest.current = functions;
  });
  const [steady] = useState(
    () =>
      // The names are those of `T`, and each function takes what its own takes.
      Object.fromEntries(
        Object.keys(functions).map((name) => [name, (...values: never[]): void => newest.current[name]?.(...values)]),
      ) as unknown as T,
  );
  return steady;
};

/** The object as it was for as long as no field but those of `besides` is another. It only spares work: a render that is thrown away may have changed what is held. */
export const useSame = <T extends object>(value: T, ...besides: readonly (keyof T)[]): T => {
  const [held] = useState({ value });
  // All fields of a `T` that is at hand.
  const names = Object.keys(value) as (keyof T)[];
  const isSame = names.every((name) => besides.includes(name) || Object.is(value[name], held.value[name]));
  if (!isSame) held.value = value;
  return held.value;
};
