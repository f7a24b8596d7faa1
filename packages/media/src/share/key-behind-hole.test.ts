/** No keyframe is asked for while one waits behind a hole: an SFU would fill no hole any more until the next one. */
import { millis, rtpTicks, wallMs } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import { H264Packetizer, pictureParameterSet, sequenceParameterSet, syntheticPicture } from "../testing/index.js";
import { ShareReceiver } from "./receiver.js";

const frameMs = 20;
const sets = [sequenceParameterSet({ width: 640, height: 360 }), pictureParameterSet()];

/** Frames of 20 ms in two packets each; the second packet of a frame in `holes` never comes. Gives the instants of keyframe requests. */
function requestsOf(keys: readonly number[], holes: readonly number[], frames: number): number[] {
  const requests: number[] = [];
  let now = 0;
  const receiver = new ShareReceiver({
    video: { codecs: new Map([[96, "H264"]]) },
    segmentMs: millis(10_000),
    onGop: () => {},
    onRtcp: (_track, packet) => {
      if ((packet[1] ?? 0) === 206) requests.push(now);
    },
  });
  const packetizer = new H264Packetizer({ ssrc: 7, payloadType: 96, maxPayload: 300 });
  for (let index = 0; index < frames; index += 1) {
    now = index * frameMs;
    const packets = packetizer.packetize(syntheticPicture({ index, key: keys.includes(index), size: 400, sets }), rtpTicks(index * 1800));
    packets.forEach((packet, at) => {
      if (!holes.includes(index) || at !== packets.length - 1) receiver.video(packet, wallMs(now));
    });
    receiver.tick(wallMs(now));
    receiver.tick(wallMs(now + 10));
  }
  return requests;
}

test("after a loss that is given up a keyframe is asked for", () => {
  const [first] = requestsOf([0], [50], 120);
  expect(first).toBeGreaterThanOrEqual(50 * frameMs + 600);
});

test("but not when one has begun and waits behind another hole", () => {
  expect(requestsOf([0, 79], [50, 78], 120)).toEqual([]);
});
