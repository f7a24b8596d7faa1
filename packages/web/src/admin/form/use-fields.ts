/** The fields of a form: what is typed, and what the contract says about it. A message is shown when its field was left, or when the form was sent. */
import { useState } from "react";

/** A schema of the contract, as far as a form needs it. */
export interface Checks<Out> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Out }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };
      };
}

/** What a form's fields do. */
export interface Fields<Values, Out> {
  readonly values: Values;
  readonly set: <Name extends keyof Values>(name: Name, value: Values[Name]) => void;
  /** The field was left. */
  readonly leave: (name: keyof Values) => void;
  /** What is wrong with a field, once that may be said. */
  readonly errorOf: (name: keyof Values) => string | undefined;
  /** What was typed, as the contract has it; undefined when it does not take it, and then every field says so. */
  readonly check: () => Out | undefined;
}

/** State of a form. */
export const useFields = <Values extends object, Out>(checks: Checks<Out>, initial: Values): Fields<Values, Out> => {
  const [values, setValues] = useState(initial);
  const [left, setLeft] = useState<ReadonlySet<PropertyKey>>(new Set());
  const [sent, setSent] = useState(false);
  const checked = checks.safeParse(values);
  const issues = checked.success ? [] : checked.error.issues;
  return {
    values,
    set: (name, value) => setValues((before) => ({ ...before, [name]: value })),
    leave: (name) => setLeft((before) => new Set([...before, name])),
    errorOf: (name) => (sent || left.has(name) ? issues.find(({ path }) => path[0] === name)?.message : undefined),
    check: () => {
      setSent(true);
      return checked.success ? checked.data : undefined;
    },
  };
};
