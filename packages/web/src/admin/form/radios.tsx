/** One of a few, each with a sentence. */
import type { ReactElement } from "react";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";

/** What can be chosen. */
export interface RadiosProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly sentence?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** The choice. */
export const Radios = <Value extends string>({ label, choices, value, onChange }: RadiosProps<Value>): ReactElement => (
  <RadioGroup
    className="choices"
    value={value}
    onChange={(to) => {
      const chosen = choices.find((choice) => choice.value === to);
      if (chosen !== undefined) onChange(chosen.value);
    }}
  >
    <Label className="choices-label">{label}</Label>
    {choices.map((choice) => (
      <Radio key={choice.value} value={choice.value} className="choice">
        <span className="choice-mark" aria-hidden="true" />
        <span className="admin-check-words">
          <strong>{choice.label}</strong>
          {choice.sentence !== undefined && <span>{choice.sentence}</span>}
        </span>
      </Radio>
    ))}
  </RadioGroup>
);
