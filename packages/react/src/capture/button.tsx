/** The button that keeps the last minutes: one press for the remembered length, one press for each other length, and a length of one's own. */
import { localNow } from "@livekit-replay/client";
import { lazy, Suspense, useEffect, useRef, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { useText } from "../provider/context.js";
import { clockText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import type { CustomLength as CustomLengthType } from "./custom.js";
import { lengths } from "./lengths.js";
import type { CaptureControl } from "./use-capture.js";

/** Number fields are heavy: they are loaded after the button is there, and before anybody opens them. */
const loadCustom = async (): Promise<{ default: typeof CustomLengthType }> => ({ default: (await import("./custom.js")).CustomLength });
const CustomLength = lazy(loadCustom);

/** The control of one session, from `useCapture`. */
export interface CaptureButtonProps {
  readonly control: CaptureControl;
  readonly className?: string;
}

/** A press is dated when the finger comes down, not when it is lifted; a press that is held counts when it is lifted. */
const HELD_MS = 1000;

const usePressTime = (): { readonly down: () => void; readonly at: () => number } => {
  const downAt = useRef<number | undefined>(undefined);
  return {
    down: () => {
      downAt.current = localNow();
    },
    at: () => {
      const now = localNow();
      const down = downAt.current;
      downAt.current = undefined;
      return down !== undefined && now - down < HELD_MS ? down : now;
    },
  };
};

interface LengthButtonProps {
  readonly ms: number;
  readonly minutes: number;
  readonly keyHint: string;
  readonly control: CaptureControl;
}

const LengthButton = ({ ms, minutes, keyHint, control }: LengthButtonProps): ReactElement => {
  const text = useText();
  const time = usePressTime();
  return (
    <Button
      className="replay-length"
      aria-keyshortcuts={keyHint}
      onPressStart={time.down}
      onPress={() => control.capture(ms, time.at())}
      onHoverChange={(over) => control.consider(over ? ms : undefined)}
      onFocusChange={(has) => control.consider(has ? ms : undefined)}
      isDisabled={control.disabled}
    >
      {minutes}
      <span className="replay-unit"> {text(texts.minutes)}</span>
    </Button>
  );
};

/** Big button, row of lengths, own length. Pointing at one shows its reach on the strip (`control.reachMs`). */
export const CaptureButton = ({ control, className = "" }: CaptureButtonProps): ReactElement => {
  const text = useText();
  const time = usePressTime();
  useEffect(() => {
    // A failure shows itself when it is opened.
    loadCustom().catch(() => undefined);
  }, []);
  return (
    <div className={`replay-capture ${className}`} data-busy={control.busy || undefined}>
      <Button
        className="replay-capture-main"
        aria-keyshortcuts="C"
        onPressStart={time.down}
        onPress={() => control.capture(control.lengthMs, time.at())}
        onHoverChange={(over) => control.consider(over ? control.lengthMs : undefined)}
        onFocusChange={(has) => control.consider(has ? control.lengthMs : undefined)}
        isDisabled={control.disabled}
        isPending={control.busy}
      >
        <span className="replay-shutter" aria-hidden="true" />
        <span className="replay-capture-word">{text(control.busy ? texts.capturing : texts.captureShort)}</span>{" "}
        <span className="replay-capture-length">{clockText(control.lengthMs)}</span>
      </Button>
      <div className="replay-lengths" role="group" aria-label={text(texts.captureLengths)}>
        {lengths.map((length) => (
          <LengthButton key={length.ms} ms={length.ms} minutes={length.minutes} keyHint={length.key} control={control} />
        ))}
        <DialogTrigger>
          <Button className="replay-length" aria-label={text(texts.captureCustom)} isDisabled={control.disabled}>
            …
          </Button>
          <Popover className="replay-popover" placement="top end">
            <Suspense>
              <CustomLength control={control} />
            </Suspense>
          </Popover>
        </DialogTrigger>
      </div>
    </div>
  );
};
