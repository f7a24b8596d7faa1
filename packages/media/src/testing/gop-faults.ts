/** Whether GOPs keep their documented promises (`segment/gop.ts`), whatever the network did. */
import type { Gop } from "../segment/gop.js";

/** What is wrong with a row of GOPs, in the order they were emitted: sentences, none when all is right. */
export function gopFaults(gops: readonly Gop[]): string[] {
  const faults: string[] = [];
  let before: Gop | null = null;
  /** Where the sound of the run ends so far. */
  let soundEnd: number | null = null;
  for (const gop of gops) {
    const isJoined: boolean = before?.run === gop.run;
    if (!isJoined) soundEnd = null;
    const found = [...pictureFaults(gop), ...soundFaults(gop, soundEnd)];
    if (before !== null && isJoined) found.push(...joinFaults(before, gop));
    else if (gop.number !== 0 || gop.startPts !== 0) found.push("a run begins with number 0 at 0");
    faults.push(...found.map((fault) => `run ${gop.run} GOP ${gop.number}: ${fault}`));
    const last = gop.audio.at(-1);
    if (last) soundEnd = last.pts + last.duration;
    before = gop;
  }
  return faults;
}

function pictureFaults(gop: Gop): string[] {
  const faults: string[] = [];
  const [first] = gop.video;
  if (!first?.key || first.pts !== gop.startPts) faults.push("does not begin with a keyframe at its start");
  gop.video.forEach((sample, index) => {
    if (sample.duration <= 0) faults.push(`frame ${index} lasts ${sample.duration}`);
    if (sample.pts + sample.duration !== (gop.video[index + 1]?.pts ?? gop.endPts)) faults.push(`frame ${index} does not reach the next`);
  });
  return faults;
}

/** `before` is where the sound of the GOP before ends; a GOP that is shorter than that reaches has none of its own. */
function soundFaults(gop: Gop, before: number | null): string[] {
  if (gop.format.audio === null) return gop.audio.length > 0 ? ["sound in a run without sound"] : [];
  const faults: string[] = [];
  let end = before;
  gop.audio.forEach((sample, index) => {
    if (sample.duration <= 0) faults.push(`sound ${index} lasts ${sample.duration}`);
    if (sample.pts < gop.startPts || sample.pts >= gop.endPts) faults.push(`sound ${index} lies outside`);
    if (end !== null && sample.pts !== end) faults.push(`a hole before sound ${index}`);
    end = sample.pts + sample.duration;
  });
  if (end === null || end < gop.endPts) faults.push("sound does not reach the end");
  return faults;
}

function joinFaults(before: Gop, gop: Gop): string[] {
  const faults: string[] = [];
  if (gop.number !== before.number + 1) faults.push(`comes after number ${before.number}`);
  if (gop.startPts !== before.endPts) faults.push("does not start where the one before ends");
  if (JSON.stringify(gop.format) !== JSON.stringify(before.format)) faults.push("has another format");
  return faults;
}
