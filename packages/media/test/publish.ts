/** Streams of VP8, VP9 and AV1, one after the other on one track with sound beside it, over a bad network into a receiver, in simulated time. */
import { millis, rtpTicks } from "@livekit-replay/contract";
import type { Gop } from "../src/segment/gop.js";
import { ShareReceiver } from "../src/share/receiver.js";
import { LossyLink, OpusPacketizer, RtpHistory, SimulatedClock } from "../src/testing/index.js";
import { packetizerOf, type WebKind } from "./encode.js";
import type { TestStream } from "./stream.js";

/** As LiveKit's offers have them. */
const types = { vp8: 96, vp9: 98, av1: 35 } as const;
const opusType = 111;
/** The timestamps wrap a second after the start. */
const firstTimestamp = 2 ** 32 - 90_000;
const delayMs = millis(10);

interface Timed {
  /** ms after the start. */
  readonly at: number;
  readonly packets: readonly Uint8Array[];
}

/** The packets of all frames: sequence numbers and timestamps go on over a change of codec. */
function framesOf(streams: readonly (readonly [WebKind, TestStream])[]): readonly Timed[] {
  let firstSequence = 65_000;
  let from = 0;
  return streams.flatMap(([kind, { frames, end }]) => {
    const video = packetizerOf(kind, { ssrc: 1, payloadType: types[kind], firstSequence });
    const timed = frames.map(({ data, time }) => {
      const ticks = firstTimestamp + Math.round(((from + time) * 9) / 100);
      return { at: (from + time) / 1000 + 25, packets: video.packetize(data, rtpTicks(ticks % 2 ** 32)) };
    });
    firstSequence = video.stream.nextSequence;
    from += end;
    return timed;
  });
}

/** Publishes, with the sound of the first stream, and gives what was received. */
export function receive(
  streams: readonly (readonly [WebKind, TestStream])[],
  loss: number,
): { readonly gops: readonly Gop[]; readonly receiver: ShareReceiver } {
  const clock = new SimulatedClock();
  const start = clock.now;
  const gops: Gop[] = [];
  const history = new RtpHistory();
  const deliver = (packet: Uint8Array): void => {
    if ((packet[1] ?? 0) % 128 === opusType) receiver.audio(packet, clock.now);
    else receiver.video(packet, clock.now);
  };
  const bad = { jitterMs: millis(3), reorder: loss / 3, duplicate: loss / 3 };
  const up = new LossyLink({ clock, loss, delayMs, ...bad, seed: 11, deliver });
  const again = (rtcp: Uint8Array): void => history.answer(rtcp, 1).forEach((packet) => up.send(packet));
  const down = new LossyLink({ clock, loss, delayMs, seed: 12, deliver: again });
  const receiver = new ShareReceiver({
    video: { codecs: new Map(Object.entries(types).map(([name, type]) => [type, name.toUpperCase()])) },
    audio: { codecs: new Map([[opusType, "opus"]]), channels: 1 },
    onGop: (gop) => gops.push(gop),
    onRtcp: (_track, packet) => down.send(packet),
  });
  for (const { at, packets } of framesOf(streams))
    clock.at(start + at, () => {
      for (const packet of packets) {
        history.add(packet);
        up.send(packet);
      }
    });
  const audio = new OpusPacketizer({ ssrc: 2, payloadType: opusType });
  const sound = streams[0]?.[1].packets ?? [];
  sound.forEach((data, i) =>
    clock.at(start + i * 20 + 5, () => audio.packetize(data, rtpTicks(i * 960)).forEach((packet) => up.send(packet))),
  );
  clock.every(millis(10), () => receiver.tick(clock.now));
  clock.run(millis(streams.reduce((sum, [, { end }]) => sum + end, 0) / 1000 + 1500));
  receiver.close(clock.now);
  return { gops, receiver };
}
