/** Real H.264 and Opus through RTP, a bad network and the receiver into segments: FFmpeg decodes every frame, and hears the clicks at the flashes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Millis, millis, rtpTicks, wallMs } from "@livekit-replay/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opusSilence } from "../src/codec/opus.js";
import type { Gop } from "../src/segment/gop.js";
import { ShareReceiver } from "../src/share/receiver.js";
import { gopFaults, H264Packetizer, LossyLink, OpusPacketizer, RtpHistory, senderReport, SimulatedClock } from "../src/testing/index.js";
import { muxRun } from "./clip.js";
import { complaints, decodeFrames, findClicks } from "./judge.js";
import { run } from "./run.js";
import { makeStream, steadyTimes, type TestStream } from "./stream.js";

let folder: string;
let stream: TestStream;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "receive-"));
  stream = await makeStream({ times: steadyTimes(600), end: 10_000_000, scale: 2 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const packetMs = 20;

/** Publishes the stream in simulated time; gives the GOPs. */
function receive(loss: number, delayMs: Millis): { gops: readonly Gop[]; receiver: ShareReceiver } {
  const clock = new SimulatedClock();
  const start = clock.now;
  const gops: Gop[] = [];
  const video = new H264Packetizer({ ssrc: 1, payloadType: 102, firstSequence: 65_000 });
  const audio = new OpusPacketizer({ ssrc: 2, payloadType: 111, firstSequence: 65_400 });
  const history = new RtpHistory();
  const firstVideo = 2 ** 32 - 90_000;
  const up = new LossyLink({
    clock,
    loss,
    delayMs,
    jitterMs: millis(3),
    reorder: loss / 3,
    duplicate: loss / 3,
    seed: 11,
    deliver: (packet) => ((packet[1] ?? 0) % 128 === 102 ? receiver.video(packet, clock.now) : receiver.audio(packet, clock.now)),
  });
  const down = new LossyLink({
    clock,
    loss,
    delayMs,
    seed: 12,
    deliver: (rtcp) => history.answer(rtcp, 1).forEach((packet) => up.send(packet)),
  });
  const receiver = new ShareReceiver({
    video: { codecs: new Map([[102, "H264"]]) },
    audio: { codecs: new Map([[111, "opus"]]), channels: 1 },
    onGop: (gop) => gops.push(gop),
    onRtcp: (_track, packet) => down.send(packet),
  });
  const send = (packets: readonly Uint8Array[]): void => {
    for (const packet of packets) {
      history.add(packet);
      up.send(packet);
    }
  };
  for (const { time, data } of stream.frames) {
    clock.at(start + time / 1000 + 25, () => send(video.packetize(data, rtpTicks((firstVideo + Math.round((time * 9) / 100)) % 2 ** 32))));
  }
  stream.packets.forEach((data, i) =>
    clock.at(start + i * packetMs + 5, () => audio.packetize(data, rtpTicks(i * 960)).forEach((packet) => up.send(packet))),
  );
  const counts = { packetCount: 0, octetCount: 0, clock: wallMs(start - 3_600_000) };
  clock.at(start + 300, () => {
    receiver.rtcp("video", senderReport({ ssrc: 1, timestamp: rtpTicks(firstVideo), ...counts }), clock.now);
    receiver.rtcp("audio", senderReport({ ssrc: 2, timestamp: rtpTicks(0), ...counts }), clock.now);
  });
  clock.every(millis(10), () => receiver.tick(clock.now));
  clock.run(millis(11_000));
  receiver.close(clock.now);
  return { gops, receiver };
}

async function writeRun(name: string, gops: readonly Gop[]): Promise<string> {
  const file = join(folder, name);
  const { init, segments } = await muxRun(gops);
  await writeFile(file, Buffer.concat([init, ...segments]));
  return file;
}

describe("a real share", () => {
  for (const loss of [0, 0.03]) {
    it(`at ${loss * 100} % loss is decoded to every frame, with its sound in step`, async () => {
      const { gops } = receive(loss, millis(10));
      expect(gopFaults(gops)).toEqual([]);
      const file = await writeRun(`loss-${loss}.mp4`, gops);
      expect(await complaints(file)).toBe("");
      const frames = await decodeFrames(file);
      expect(frames.map((frame) => frame.number)).toEqual(stream.frames.map((_, i) => i));
      const clicks = await findClicks(file);
      const flashes = frames.filter((frame) => frame.flash).map((frame) => frame.time);
      expect(clicks.length).toBeGreaterThanOrEqual(flashes.length - (loss > 0 ? 2 : 0));
      for (const click of clicks) expect(Math.min(...flashes.map((flash) => Math.abs(flash - click)))).toBeLessThan(0.03);
    });
  }
});

describe("silence", () => {
  it("of every length is decoded to nothing but zeros, as long as it says", async () => {
    for (const channels of [1, 2] as const) {
      for (const ms of [20, 10, 5, 2.5]) {
        const silence = opusSilence(ms * 1000, channels);
        const packets = Array.from({ length: 400 / ms }, () => silence?.data ?? new Uint8Array());
        const { stdout } = await run(
          "ffmpeg",
          ["-v", "error", "-f", "ogg", "-i", "-", "-f", "s16le", "-ac", "2", "-"],
          oggOpus(packets, ms, channels),
        );
        expect(stdout.length).toBe(400 * 48 * 4);
        expect(stdout.every((byte) => byte === 0)).toBe(true);
      }
    }
  });
});

/** An Ogg stream of Opus packets (RFC 7845): one page each. */
function oggOpus(packets: readonly Uint8Array[], ms: number, channels: number): Uint8Array {
  const head = Buffer.from(`4f707573486561640100${"00"}0080bb0000000000`, "hex");
  head[9] = channels;
  const tags = Buffer.from("4f707573546167730000000000000000", "hex");
  const pages = [head, tags, ...packets].map((packet, i) => {
    const page = Buffer.alloc(28 + packet.length);
    page.write("OggS", 0, "latin1");
    page[5] = i === 0 ? 2 : i === packets.length + 1 ? 4 : 0;
    page.writeBigInt64LE(BigInt(i < 2 ? 0 : (i - 1) * ms * 48), 6);
    page.writeUInt32LE(1, 14);
    page.writeUInt32LE(i, 18);
    page[26] = 1;
    page[27] = packet.length;
    page.set(packet, 28);
    page.writeUInt32LE(oggChecksum(page), 22);
    return page;
  });
  return Buffer.concat(pages);
}

/** The checksum of a page (RFC 3533, 6): CRC-32 with the polynomial 04c11db7, not reflected. */
function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  for (const byte of page) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
