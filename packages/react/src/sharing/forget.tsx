/** The dialog of forgetting: what goes, in words; and afterwards what went, and which clips survive. */
import type { Session } from "@livekit-replay/contract";
import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Label } from "react-aria-components/Label";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components/Slider";
import { useNow } from "../buffer/use-now.js";
import { useText } from "../provider/context.js";
import { clockText, sizeText, timeText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { chosenSpan, forgetSpan, offeredMinutes, type ForgetChoice, type ForgetSpan } from "./forget-range.js";
import type { SharerControl } from "./use-sharer-controls.js";
import { MadeClipRow } from "./withdraw.js";

/** Of `SharerControls`. */
export interface ForgetDialogProps {
  readonly session: Session;
  readonly control: SharerControl;
  readonly hrefOf: ((clipId: string) => string) | undefined;
  readonly sayError: (error: unknown) => string;
  readonly onClose: () => void;
}

interface ChoicesProps {
  readonly span: ForgetSpan;
  readonly choice: ForgetChoice;
  readonly onChoose: (choice: ForgetChoice) => void;
}

const nameOf = (choice: ForgetChoice): string => (choice.is === "last" ? `last-${choice.minutes}` : choice.is);

const Moment = ({ span, choice, onChoose }: ChoicesProps): ReactElement | null => {
  const text = useText();
  if (choice.is !== "since") return null;
  const { fromMs } = chosenSpan(choice, span);
  const agoS = Math.round((span.toMs - fromMs) / 1000);
  const mostS = Math.max(1, Math.round((span.toMs - span.fromMs) / 1000));
  return (
    <Slider
      className="replay-moment"
      minValue={-mostS}
      maxValue={0}
      step={1}
      value={-agoS}
      onChange={(value) => onChoose({ is: "since", fromMs: span.toMs + Number(value) * 1000 })}
    >
      <Label>{text(texts.forgetMoment, { time: timeText(fromMs), ago: clockText(agoS * 1000) })}</Label>
      <SliderTrack className="replay-moment-track" style={{ "--replay-at": (mostS - agoS) / mostS }}>
        <SliderThumb className="replay-moment-thumb" />
      </SliderTrack>
    </Slider>
  );
};

const Choices = ({ span, choice, onChoose }: ChoicesProps): ReactElement => {
  const text = useText();
  const options: readonly (readonly [ForgetChoice, string])[] = [
    [{ is: "all" }, text(texts.forgetAll, { length: clockText(span.toMs - span.fromMs) })],
    ...offeredMinutes(span).map(
      (minutes) => [{ is: "last", minutes }, minutes === 1 ? text(texts.forgetLastMinute) : text(texts.forgetLast, { minutes })] as const,
    ),
    [{ is: "since", fromMs: (span.fromMs + span.toMs) / 2 }, text(texts.forgetSince)],
  ];
  return (
    <RadioGroup
      className="replay-choices"
      value={nameOf(choice)}
      onChange={(name) => onChoose(options.find(([one]) => nameOf(one) === name)?.[0] ?? { is: "all" })}
    >
      <Label>{text(texts.forgetWhat)}</Label>
      {options.map(([one, label]) => (
        <Radio key={nameOf(one)} value={nameOf(one)} className="replay-choice">
          <span className="replay-choice-mark" aria-hidden="true" />
          {label}
        </Radio>
      ))}
    </RadioGroup>
  );
};

/** Which stretch goes, and what becomes of the rest. */
const useWords = (session: Session, choice: ForgetChoice, span: ForgetSpan): string => {
  const text = useText();
  const chosen = chosenSpan(choice, span);
  const length = clockText(chosen.toMs - chosen.fromMs);
  const what =
    choice.is === "all"
      ? text(texts.forgetWordsAll, { length })
      : text(texts.forgetWordsSince, { length, time: timeText(chosen.fromMs), early: session.recorder === "egress" ? 10 : 2 });
  return session.state === "active" && session.pausedAtMs === null ? `${what} ${text(texts.forgetGoesOn)}` : what;
};

const Ask = (props: ForgetDialogProps & { readonly span: ForgetSpan }): ReactElement => {
  const { session, control, sayError, onClose, span } = props;
  const text = useText();
  const [choice, choose] = useState<ForgetChoice>({ is: "all" });
  const words = useWords(session, choice, span);
  return (
    <>
      <Choices span={span} choice={choice} onChoose={choose} />
      <Moment span={span} choice={choice} onChoose={choose} />
      <p className="replay-dialog-words" aria-live="polite">
        {words}
      </p>
      {control.error !== null && (
        <p className="replay-sharer-failed" role="alert">
          {sayError(control.error)}
        </p>
      )}
      <div className="replay-dialog-buttons">
        <Button className="replay-button" onPress={onClose}>
          {text(texts.cancel)}
        </Button>
        <Button
          className="replay-button replay-button-danger"
          data-busy={control.busy === "forget" || undefined}
          onPress={() => control.forget(choice)}
        >
          {text(texts.forgetDo)}
        </Button>
      </div>
    </>
  );
};

/** What went and what stays. */
const Done = ({ control, hrefOf, sayError, onClose }: ForgetDialogProps): ReactElement => {
  const text = useText();
  const { deleted = null, clips = [] } = control.forgotten ?? {};
  return (
    <>
      <p className="replay-dialog-words" role="status">
        {deleted === null
          ? text(texts.forgetNothing)
          : text(texts.forgetDone, {
              length: clockText(deleted.toMs - deleted.fromMs),
              size: sizeText(deleted.sizeBytes),
              from: timeText(deleted.fromMs),
              to: timeText(deleted.toMs),
            })}
      </p>
      <p className="replay-dialog-words">{text(clips.length === 0 ? texts.forgetNoClips : texts.forgetClips)}</p>
      {clips.length > 0 && (
        <ul className="replay-made-rows">
          {clips.map((clip) => (
            <MadeClipRow key={clip.clipId} clip={clip} hrefOf={hrefOf} sayError={sayError} />
          ))}
        </ul>
      )}
      <div className="replay-dialog-buttons">
        <Button className="replay-button replay-button-strong" autoFocus onPress={onClose}>
          {text(texts.close)}
        </Button>
      </div>
    </>
  );
};

/** What is in the dialog at this moment. */
const Content = (props: ForgetDialogProps): ReactElement => {
  const text = useText();
  const span = forgetSpan(props.session, useNow());
  if (props.control.forgotten !== undefined) return <Done {...props} />;
  if (span !== undefined) return <Ask {...props} span={span} />;
  return (
    <>
      <p className="replay-dialog-words">{text(texts.forgetNothing)}</p>
      <div className="replay-dialog-buttons">
        <Button className="replay-button" onPress={props.onClose}>
          {text(texts.close)}
        </Button>
      </div>
    </>
  );
};

/** Open from its first moment; `onClose` takes it away. */
export const ForgetDialog = (props: ForgetDialogProps): ReactElement => {
  const text = useText();
  const { control, onClose } = props;
  const isDone = control.forgotten !== undefined;
  return (
    <ModalOverlay className="replay-overlay" isOpen isDismissable={control.busy === undefined} onOpenChange={(open) => open || onClose()}>
      <Modal className="replay-modal">
        <Dialog className="replay-dialog">
          <Heading slot="title">{text(isDone ? texts.forgetDoneTitle : texts.forgetTitle)}</Heading>
          <Content {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
};
