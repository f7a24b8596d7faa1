/** Pictures without an end: whoever shares may send packets of one and the same picture for as long as they like, and must not fill the recorder's memory. */
import { wallMs } from "@livekit-replay/contract";
import { expect, it } from "vitest";
import { nalUnits } from "../codec/annex-b.js";
import { lowOverhead, obusOf } from "../codec/obu.js";
import { pictureParameterSet, sequenceParameterSet, syntheticAv1, syntheticPicture, syntheticVp8, syntheticVp9 } from "../testing/index.js";
import { videoDepacketizer } from "./depacketizer.js";
import { parseRtpPacket } from "./packet.js";
import type { VideoDepacketizer } from "./picture.js";

/** A packet of the one picture. */
function push(depacketizer: VideoDepacketizer, payload: Uint8Array, marker = false): void {
  const packet = parseRtpPacket(Uint8Array.of(0x80, marker ? 0xe0 : 0x60, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, ...payload), wallMs(1000));
  if (packet) depacketizer.push(packet);
}

/** How many pictures came of payloads, the last of which ends the picture; and how many were dropped. */
function outcome(kind: Parameters<typeof videoDepacketizer>[0], payloads: Iterable<Uint8Array>): { emitted: number; dropped: number } {
  let emitted = 0;
  const depacketizer = videoDepacketizer(kind, { onAccessUnit: () => (emitted += 1) });
  for (const payload of payloads) push(depacketizer, payload);
  push(depacketizer, last, true);
  return { emitted, dropped: depacketizer.dropped };
}

const last = Uint8Array.of(0x00, 0x01);

it("VP8 in packets of one byte is kept up to a bound", () => {
  const [start, rest] = [Uint8Array.of(0x10, ...syntheticVp8({ index: 0, key: true, size: 100 })), Uint8Array.of(0x00, 0x01)];
  const of = (count: number): ReturnType<typeof outcome> => outcome("vp8", [start, ...Array<Uint8Array>(count).fill(rest)]);
  expect(of(60_000)).toEqual({ emitted: 1, dropped: 0 });
  expect(of(70_000)).toEqual({ emitted: 0, dropped: 1 });
});

it("AV1 in units of one byte is kept up to a bound", () => {
  const [, sequence, frame] = obusOf(syntheticAv1({ index: 0, key: true })) ?? [];
  if (!sequence || !frame) throw new Error("a keyframe has three units");
  const element = (bytes: Uint8Array): number[] => [bytes.length & 0x7f, ...bytes];
  const [first, picture] = [sequence, frame].map((obu) => lowOverhead([obu]));
  // Metadata without anything in it, 100 in a packet.
  const metadata = Uint8Array.of(0x00, ...Array.from({ length: 100 }, () => element(Uint8Array.of(0x28))).flat());
  const head = Uint8Array.of(0x08, ...element(first ?? last), ...[(picture?.length ?? 0) & 0x7f, ...(picture ?? [])]);
  const of = (count: number): number => {
    let emitted = 0;
    const depacketizer = videoDepacketizer("av1", { onAccessUnit: () => (emitted += 1) });
    push(depacketizer, head);
    for (let i = 0; i < count; i += 1) push(depacketizer, metadata);
    push(depacketizer, metadata, true);
    return emitted;
  };
  expect(of(50)).toBe(1);
  expect(of(100)).toBe(0);
});

it("H.264 with parameter sets without end is dropped", () => {
  const sets = [sequenceParameterSet({ width: 320, height: 180 }), pictureParameterSet()];
  const units = [...nalUnits(syntheticPicture({ index: 0, key: true }))].filter((unit) => ((unit[0] ?? 0) & 31) === 5);
  const nextPicture = parseRtpPacket(Uint8Array.of(0x80, 0x60, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0x41, 0xff), wallMs(1000));
  if (!nextPicture) throw new Error("it is a packet");
  const of = (count: number): number => {
    let emitted = 0;
    const depacketizer = videoDepacketizer("h264", { onAccessUnit: () => (emitted += 1) });
    for (let i = 0; i < count; i += 1) for (const set of sets) push(depacketizer, set);
    for (const unit of units) push(depacketizer, unit);
    depacketizer.push(nextPicture);
    return emitted;
  };
  expect(of(3)).toBe(1);
  expect(of(300)).toBe(0);
});

it("VP9 layers that make no sense are not kept, however many come", () => {
  const depacketizer = videoDepacketizer("vp9", { onAccessUnit: () => undefined });
  const frame = new Uint8Array(1_000_000);
  frame.set(syntheticVp9({ index: 0, key: true, size: 200 }));
  // B and E, no layers: one whole frame after the other, and no end of the picture.
  const bytes = new Uint8Array(13 + frame.length);
  bytes.set([0x80, 0x60, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x0c]);
  bytes.set(frame, 13);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i += 1) {
    const packet = parseRtpPacket(bytes, wallMs(1000));
    if (packet) depacketizer.push(packet);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});
