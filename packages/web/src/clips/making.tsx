/** Files of a clip that are being made at this moment, and how far they are. */
import { percentOf } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";

const Line = ({ label, percent }: { readonly label: string; readonly percent: number }): ReactElement => (
  <p className="making">
    <span>{label}</span>
    <progress max={100} value={percent} aria-label={label} />
  </p>
);

/** A line for each file that FFmpeg makes; nothing otherwise. */
export const Making = ({ clip }: { readonly clip: Clip }): ReactElement | null => {
  const say = useSay();
  const mp4 = percentOf(clip, "mp4");
  const aac = percentOf(clip, "aac");
  if (mp4 === undefined && aac === undefined) return null;
  return (
    <>
      {mp4 !== undefined && <Line label={say(words.makingPercent, { percent: mp4 })} percent={mp4} />}
      {aac !== undefined && <Line label={say(words.makingAac, { percent: aac })} percent={aac} />}
    </>
  );
};
