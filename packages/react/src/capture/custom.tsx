/** A length of one's own, in minutes and seconds. */
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Dialog } from "react-aria-components/Dialog";
import { Form } from "react-aria-components/Form";
import { Heading } from "react-aria-components/Heading";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { NumberField } from "react-aria-components/NumberField";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { within } from "./lengths.js";
import type { CaptureSettings } from "./use-capture.js";

interface PartProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

const Part = ({ label, value, most, onChange }: PartProps): ReactElement => (
  <NumberField
    className="replay-field"
    value={value}
    minValue={0}
    maxValue={most}
    step={1}
    onChange={(next) => onChange(Number.isNaN(next) ? 0 : next)}
  >
    <Label>{label}</Label>
    <Input />
  </NumberField>
);

/** The dialog's content. The press on its button is the press that the clip ends at. */
export const CustomLength = ({ control }: { readonly control: CaptureSettings }): ReactElement => {
  const text = useText();
  const [minutes, setMinutes] = useState(Math.floor(control.lengthMs / 60_000));
  const [seconds, setSeconds] = useState(Math.round((control.lengthMs % 60_000) / 1000));
  const wanted = (minutes * 60 + seconds) * 1000;
  const ms = within(wanted, control.mostMs);
  return (
    <Dialog className="replay-custom">
      {({ close }) => (
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            control.capture(ms);
            close();
          }}
        >
          <Heading slot="title">{text(texts.customTitle)}</Heading>
          <div className="replay-custom-parts">
            <Part label={text(texts.customMinutes)} value={minutes} most={Math.floor(control.mostMs / 60_000)} onChange={setMinutes} />
            <Part label={text(texts.customSeconds)} value={seconds} most={59} onChange={setSeconds} />
          </div>
          <p className="replay-hint">{text(texts.customRange, { most: clockText(control.mostMs) })}</p>
          <Button className="replay-button replay-button-strong" type="submit">
            {text(texts.captureLast, { length: clockText(ms) })}
          </Button>
        </Form>
      )}
    </Dialog>
  );
};
