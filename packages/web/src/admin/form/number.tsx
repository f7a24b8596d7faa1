/** A number with its two buttons. */
import type { ReactElement, ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { NumberField } from "react-aria-components/NumberField";
import { Text } from "react-aria-components/Text";

/** Which number. */
export interface NumberInputProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: number;
  /** Called when the number is typed to its end. */
  readonly onChange: (value: number) => void;
  readonly max: number;
  readonly step?: number;
  /** Digits behind the point. */
  readonly digits?: number;
  readonly error?: string | undefined;
  readonly autoFocus?: boolean;
  /** Beside the number. */
  readonly beside?: ReactNode;
}

/** The field: whole numbers from 0 on, unless `digits` says otherwise. */
export const NumberInput = ({
  label,
  hint,
  value,
  onChange,
  max,
  step = 1,
  digits = 0,
  error,
  autoFocus = false,
  beside,
}: NumberInputProps): ReactElement => (
  <NumberField
    className="field admin-number"
    value={value}
    onChange={onChange}
    minValue={0}
    maxValue={max}
    {...(digits === 0 ? { step } : {})}
    formatOptions={{ maximumFractionDigits: digits }}
    isInvalid={error !== undefined}
    validationBehavior="aria"
    autoFocus={autoFocus}
    isWheelDisabled
  >
    <Label>{label}</Label>
    <div className="admin-number-row">
      <Group className="admin-number-group">
        <Button slot="decrement">−</Button>
        <Input />
        <Button slot="increment">+</Button>
      </Group>
      {beside}
    </div>
    {hint !== undefined && (
      <Text slot="description" className="admin-hint">
        {hint}
      </Text>
    )}
    <FieldError>{error ?? ""}</FieldError>
  </NumberField>
);
