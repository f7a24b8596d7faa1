/** A switch with a sentence. */
import type { ReactElement } from "react";
import { Switch } from "react-aria-components/Switch";

/** What is switched. */
export interface ToggleProps {
  readonly label: string;
  readonly sentence: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** The switch. */
export const Toggle = ({ label, sentence, isOn, onChange, isDisabled = false }: ToggleProps): ReactElement => (
  <Switch className="admin-switch" isSelected={isOn} onChange={onChange} isDisabled={isDisabled}>
    <span className="admin-check-words">
      <strong>{label}</strong>
      <span>{sentence}</span>
    </span>
    <span className="admin-switch-track" aria-hidden="true" />
  </Switch>
);
