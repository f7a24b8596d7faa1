/** Below the film: play, step, set the ends, loop; and what the part is. */
import type { ReactElement } from "react";
import { Button } from "react-aria-components/Button";
import { Switch } from "react-aria-components/Switch";
import { Control, SoundControl } from "../player/controls.js";
import { useText } from "../provider/context.js";
import { exactText, sizeText } from "../texts/amounts.js";
import { texts } from "../texts/english.js";
import { lengthOf } from "./part.js";
import type { Trim } from "./use-trim.js";
import { instantText } from "./words.js";

/** Buttons for what the keys do. */
export const Transport = ({ trim }: { readonly trim: Trim }): ReactElement => {
  const text = useText();
  const { store, state, player, source } = trim;
  const { playing, muted } = player.state;
  return (
    <div className="replay-trim-tools" role="group" aria-label={text(texts.trimTools)}>
      <Button className="replay-button replay-trim-set" aria-keyshortcuts="I" onPress={() => store.setHere("start")}>
        {text(texts.trimSetStart)}
      </Button>
      <div className="replay-trim-play">
        <Control glyph="frameBack" label={text(texts.trimFrameBack)} onPress={() => store.step(-1)} />
        <Control glyph={playing ? "pause" : "play"} label={text(playing ? texts.pause : texts.play)} onPress={() => store.toggle()} />
        <Control glyph="frameOn" label={text(texts.trimFrameOn)} onPress={() => store.step(1)} />
        {source.hasSound && <SoundControl muted={muted} onMuted={(to) => player.store.setMuted(to)} />}
        <Switch className="replay-switch" isSelected={state.loop} onChange={(on) => store.setLoop(on)}>
          <span className="replay-switch-track" aria-hidden="true" />
          {text(texts.trimLoop)}
        </Switch>
      </div>
      <Button className="replay-button replay-trim-set" aria-keyshortcuts="O" onPress={() => store.setHere("end")}>
        {text(texts.trimSetEnd)}
      </Button>
    </div>
  );
};

/** Start, end, length, size. */
export const Facts = ({ trim }: { readonly trim: Trim }): ReactElement => {
  const text = useText();
  const { source, state } = trim;
  const { start, end } = state.part;
  const playedMs = Math.max(0, Math.min(lengthOf(state.part), source.playedMs(start.ms, end.ms)));
  const facts = [
    ["start", text(texts.trimStart), instantText(source, start.ms)],
    ["length", text(texts.trimLength), exactText(playedMs)],
    ["size", text(texts.trimSize), text(texts.trimAbout, { size: sizeText(source.bytes(start.ms, end.ms)) })],
    ["end", text(texts.trimEnd), instantText(source, end.ms)],
  ] as const;
  return (
    <dl className="replay-trim-facts" aria-label={text(texts.trimFacts)}>
      {facts.map(([what, name, value]) => (
        <div key={what} data-what={what} data-active={state.active === what || undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};
