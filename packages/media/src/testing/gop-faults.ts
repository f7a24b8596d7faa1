/** Whether GOPs keep their documented promises (`segment/gop.ts`), whatever the network did. */
import type { Gop } from "../segment/gop.js";

/** What is wrong with a row of GOPs, in the order they were emitted: sentences, none when all is right. */
export function gopFaults(gops: readonly Gop[]): string[] {
  const faults: string[] = [];
  let before: Gop | null = null;
  for (const gop of gops) {
    const name = `run ${gop.run} GOP ${gop.number}`;
    faults.push(...wholeFaults(gop).map((fault) => `${name}: ${fault}`));
    if (before?.run === gop.run) faults.push(...joinFaults(before, gop).map((fault) => `${name}: ${fault}`));
    else if (gop.number !== 0 || gop.startPts !== 0) faults.push(`${name}: a run begins with number 0 at 0`);
    before = gop;
  }
  return faults;
}

function wholeFaults(gop: Gop): string[] {
  const faults: string[] = [];
  const [first] = gop.video;
  if (!first?.key || first.pts !== gop.startPts) faults.push("does not begin with a keyframe at its start");
  gop.video.forEach((sample, index) => {
    if (sample.duration <= 0) faults.push(`frame ${index} lasts ${sample.duration}`);
    if (sample.pts + sample.duration !== (gop.video[index + 1]?.pts ?? gop.endPts)) faults.push(`frame ${index} does not reach the next`);
  });
  if (gop.format.audio === null) return gop.audio.length > 0 ? [...faults, "sound in a run without sound"] : faults;
  gop.audio.forEach((sample, index) => {
    if (sample.duration <= 0) faults.push(`sound ${index} lasts ${sample.duration}`);
    if (sample.pts < gop.startPts || sample.pts >= gop.endPts) faults.push(`sound ${index} lies outside`);
    if (index > 0 && sample.pts !== soundEnd(gop, index - 1)) faults.push(`a hole before sound ${index}`);
  });
  if (gop.audio.length === 0 || soundEnd(gop, gop.audio.length - 1) < gop.endPts) faults.push("sound does not reach the end");
  return faults;
}

function joinFaults(before: Gop, gop: Gop): string[] {
  const faults: string[] = [];
  if (gop.number !== before.number + 1) faults.push(`comes after number ${before.number}`);
  if (gop.startPts !== before.endPts) faults.push("does not start where the one before ends");
  if (JSON.stringify(gop.format) !== JSON.stringify(before.format)) faults.push("has another format");
  const sound = gop.audio[0];
  if (sound && sound.pts !== soundEnd(before, before.audio.length - 1)) faults.push("a hole in the sound before it");
  return faults;
}

const soundEnd = (gop: Gop, index: number): number => (gop.audio[index]?.pts ?? NaN) + (gop.audio[index]?.duration ?? NaN);
