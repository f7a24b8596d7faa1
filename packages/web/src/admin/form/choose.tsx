/** One of many, in a list that opens. */
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select, SelectValue } from "react-aria-components/Select";

/** What can be chosen. */
export interface ChooseProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** The choice. */
export const Choose = <Value extends string>({ label, choices, value, onChange }: ChooseProps<Value>): ReactElement => (
  <Select
    className="admin-choose"
    value={value}
    onChange={(to) => {
      const chosen = choices.find((choice) => choice.value === to);
      if (chosen !== undefined) onChange(chosen.value);
    }}
  >
    <Label className="choices-label">{label}</Label>
    <Button className="admin-choose-button">
      <SelectValue />
      <span aria-hidden="true">▾</span>
    </Button>
    <Popover className="menu-popover">
      <ListBox className="menu admin-choose-list">
        {choices.map((choice) => (
          <ListBoxItem key={choice.value} id={choice.value} className="menu-item" textValue={choice.label}>
            <span className="menu-check" aria-hidden="true" />
            {choice.label}
          </ListBoxItem>
        ))}
      </ListBox>
    </Popover>
  </Select>
);
