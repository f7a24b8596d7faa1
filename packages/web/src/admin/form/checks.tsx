/** Boxes to check, each with a sentence. */
import type { ReactElement, ReactNode } from "react";
import { Checkbox, CheckboxGroup } from "react-aria-components/CheckboxGroup";
import { Label } from "react-aria-components/Label";

/** One box. */
export interface CheckChoice<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly sentence?: string | undefined;
  /** How programs call it. */
  readonly code?: string;
}

/** What can be checked. */
export interface CheckListProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly CheckChoice<Value>[];
  readonly values: readonly Value[];
  readonly onChange: (values: Value[]) => void;
}

/** The boxes. */
export const CheckList = <Value extends string>({ label, choices, values, onChange }: CheckListProps<Value>): ReactElement => (
  <CheckboxGroup
    className="admin-checks"
    value={[...values]}
    onChange={(checked) => onChange(choices.map(({ value }) => value).filter((value) => checked.includes(value)))}
  >
    <Label className="choices-label">{label}</Label>
    {choices.map(({ value, label: name, sentence, code }) => (
      <Checkbox key={value} value={value} className="admin-check">
        <span className="admin-check-box" aria-hidden="true" />
        <span className="admin-check-words">
          <strong>{name}</strong>
          {sentence !== undefined && <span>{sentence}</span>}
          {code !== undefined && <code>{code}</code>}
        </span>
      </Checkbox>
    ))}
  </CheckboxGroup>
);
