/** The first packet of a keyframe is known by itself, and no other packet is taken for one. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { expect, test } from "vitest";
import {
  Av1Packetizer,
  H264Packetizer,
  syntheticAv1,
  syntheticPicture,
  syntheticVp8,
  syntheticVp9,
  Vp8Packetizer,
  Vp9Packetizer,
} from "../testing/index.js";
import { beginsKeyframe } from "./key-begin.js";
import { parseRtpPacket } from "./packet.js";

const stream = { ssrc: 1, payloadType: 96, maxPayload: 300 };
const frame = { width: 640, height: 360, size: 1500 };

/** The packets of a keyframe and of the frame after it. */
const streams = {
  h264: () => {
    const packetizer = new H264Packetizer(stream);
    return [true, false].map((key, index) => packetizer.packetize(syntheticPicture({ ...frame, index, key }), rtpTicks(index * 3000)));
  },
  vp8: () => {
    const packetizer = new Vp8Packetizer({ ...stream, pictureId: "long", layers: true });
    return [true, false].map((key, index) => packetizer.packetize(syntheticVp8({ ...frame, index, key }), rtpTicks(index * 3000)));
  },
  vp9: () => {
    const packetizer = new Vp9Packetizer({ ...stream, flexible: true });
    return [true, false].map((key, index) => packetizer.packetize(syntheticVp9({ ...frame, index, key }), rtpTicks(index * 3000)));
  },
  av1: () => {
    const packetizer = new Av1Packetizer({ ...stream, counted: true });
    return [true, false].map((key, index) => packetizer.packetize(syntheticAv1({ ...frame, index, key }), rtpTicks(index * 3000)));
  },
} as const;

test.each(["h264", "vp8", "vp9", "av1"] as const)("%s", (kind) => {
  const begins = streams[kind]().map((packets) =>
    packets.map((bytes) => {
      const packet = parseRtpPacket(bytes, wallMs(0));
      return packet !== null && beginsKeyframe(kind, packet);
    }),
  );
  const [key = [], other = []] = begins;
  expect(key.length).toBeGreaterThan(2);
  expect(key[0]).toBe(true);
  // H.264: parameter sets and the slice's first fragment may lie in packets of their own.
  expect(key.slice(kind === "h264" ? 2 : 1)).not.toContain(true);
  expect(other).not.toContain(true);
});
