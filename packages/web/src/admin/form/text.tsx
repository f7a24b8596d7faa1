/** A line of text in a form, with its message beside it. */
import type { ReactElement } from "react";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextField } from "react-aria-components/TextField";
import type { Fields } from "./use-fields.js";

/** Which field, and what stands beside it. */
export interface TextInputProps<Values, Name extends keyof Values> {
  readonly fields: Fields<Values, unknown>;
  readonly name: Name;
  readonly label: string;
  readonly hint?: string;
  readonly autoFocus?: boolean;
  /** Told besides: another field may follow this one. */
  readonly onTyped?: (value: string) => void;
  /** Ids are read letter by letter. */
  readonly isCode?: boolean;
}

/** The field. Its message is the contract's. */
export const TextInput = <Values extends { [K in Name]: string }, Name extends keyof Values>({
  fields,
  name,
  label,
  hint,
  autoFocus = false,
  onTyped,
  isCode = false,
}: TextInputProps<Values, Name>): ReactElement => {
  const error = fields.errorOf(name);
  return (
    <TextField
      className="field"
      validationBehavior="aria"
      autoFocus={autoFocus}
      isInvalid={error !== undefined}
      value={fields.values[name]}
      onChange={(value) => {
        fields.set(name, value as Values[Name]);
        onTyped?.(value);
      }}
      onBlur={() => fields.leave(name)}
      autoComplete="off"
      {...(isCode ? { spellCheck: "false", autoCapitalize: "none" } : {})}
    >
      <Label>{label}</Label>
      <Input {...(isCode ? { className: "admin-code" } : {})} />
      {hint !== undefined && (
        <Text slot="description" className="admin-hint">
          {hint}
        </Text>
      )}
      <FieldError>{error ?? ""}</FieldError>
    </TextField>
  );
};
