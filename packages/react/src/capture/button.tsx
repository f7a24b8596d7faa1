/** The button that keeps the last minutes: one press for the remembered length, one press for each other length, a length of one's own, and where it goes. */
import { lazy, memo, Suspense, useEffect, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import type { CustomLength as CustomLengthType } from "./custom.js";
import { DestinationMenu } from "./destination-menu.js";
import type { CaptureKeys } from "./keys.js";
import { lengths, type Length } from "./lengths.js";
import { usePressTime } from "./press-time.js";
import type { CaptureControl, CaptureSettings } from "./use-capture.js";
import { useKeys } from "./use-keys.js";

/** Number fields are heavy: they are loaded after the button is there, and before anybody opens them. */
const loadCustom = async (): Promise<{ default: typeof CustomLengthType }> => ({ default: (await import("./custom.js")).CustomLength });
const CustomLength = lazy(loadCustom);

/** The control of one session, from `useCapture`. */
export interface CaptureButtonProps {
  readonly control: CaptureControl;
  /** The keys that the page listens to (`useCaptureKeys`), to name them to who cannot see a hint. Default: the person's. Null: none. */
  readonly keys?: CaptureKeys | null;
  readonly className?: string;
}

/** `aria-keyshortcuts`, when there is a key. */
const shortcut = (key: string | undefined): { readonly "aria-keyshortcuts"?: string } =>
  key === undefined || key === "" ? {} : { "aria-keyshortcuts": key.toUpperCase() };

interface LengthButtonProps extends Pick<CaptureSettings, "capture" | "consider" | "disabled"> {
  readonly length: Length;
  readonly hotkey: string | undefined;
  /** The length of the last press. */
  readonly last: boolean;
}

/** Rendered anew only for what it shows: there are many of them, and a press changes much around them. */
const LengthButton = memo(({ length, hotkey, last, disabled, capture, consider }: LengthButtonProps): ReactElement => {
  const text = useText();
  const time = usePressTime();
  const { ms } = length;
  return (
    <Button
      className="replay-length"
      data-last={last || undefined}
      {...shortcut(hotkey)}
      onPressStart={time.down}
      onPress={() => capture(ms, time.at())}
      onHoverChange={(over) => consider(over ? ms : undefined)}
      onFocusChange={(has) => consider(has ? ms : undefined)}
      isDisabled={disabled}
    >
      {length.amount}
      <span className="replay-unit"> {text(texts[length.unit])}</span>
    </Button>
  );
});

/** A press for every length that the server allows, and a length of one's own. */
const Lengths = memo(({ control, keys }: { readonly control: CaptureSettings; readonly keys: CaptureKeys | null }): ReactElement => {
  const text = useText();
  const { lengthMs, mostMs, disabled, capture, consider } = control;
  useEffect(() => {
    // A failure shows itself when it is opened.
    loadCustom().catch(() => undefined);
  }, []);
  return (
    <div className="replay-lengths" role="group" aria-label={text(texts.captureLengths)}>
      {lengths
        .filter(({ ms }) => ms <= mostMs)
        .map((length) => (
          <LengthButton
            key={length.ms}
            {...{ length, disabled, capture, consider }}
            last={length.ms === lengthMs}
            hotkey={keys?.[length.action]}
          />
        ))}
      <DialogTrigger>
        <Button className="replay-length" aria-label={text(texts.captureCustom)} isDisabled={disabled}>
          …
        </Button>
        <Popover className="replay-popover" placement="top end">
          <Suspense>
            <CustomLength control={control} />
          </Suspense>
        </Popover>
      </DialogTrigger>
    </div>
  );
});

/** Big button, where its clips go, row of lengths, own length. Pointing at one shows its reach on the strip (`control.reachMs`). */
export const CaptureButton = ({ control, keys: own, className = "" }: CaptureButtonProps): ReactElement => {
  const text = useText();
  const keys = useKeys(own);
  const time = usePressTime();
  return (
    <div className={`replay-capture ${className}`} data-busy={control.busy || undefined}>
      <div className="replay-capture-pair">
        <Button
          className="replay-capture-main"
          {...shortcut(keys?.last)}
          onPressStart={time.down}
          onPress={() => control.capture(control.lengthMs, time.at())}
          onHoverChange={(over) => control.consider(over ? control.lengthMs : undefined)}
          onFocusChange={(has) => control.consider(has ? control.lengthMs : undefined)}
          isDisabled={control.disabled}
        >
          <span className="replay-shutter" aria-hidden="true" />
          <span className="replay-capture-word">{text(texts.captureShort)}</span>{" "}
          <span className="replay-capture-length">{clockText(control.lengthMs)}</span>
        </Button>
        <DestinationMenu control={control.settings} />
      </div>
      <Lengths control={control.settings} keys={keys} />
    </div>
  );
};
