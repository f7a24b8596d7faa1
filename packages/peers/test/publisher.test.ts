/** The publisher against a small endpoint of its own, over real UDP: what it sends is a film that plays, and it does what is asked of it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadFilm, SMALL_FILM } from "../src/film/make.js";
import type { Film } from "../src/film/model.js";
import { checkSequence } from "../src/judge/compare.js";
import { readClip } from "../src/judge/read.js";
import { runForText } from "../src/process/run.js";
import { LossyUdpProxy } from "../src/proxy/udp.js";
import { preciseNow } from "../src/publish/time.js";
import { postOffer, WhipRefusal } from "../src/publish/whip.js";
import { WhipPublisher, type WhipPublisherOptions } from "../src/publish/publisher.js";
import { WhipReceiver } from "./whip-receiver.js";

const FILM_FRAMES = SMALL_FILM.seconds * SMALL_FILM.frameRate;
let film: Film;
let large: Film;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  film = await loadFilm(SMALL_FILM);
  large = await loadFilm({ ...SMALL_FILM, width: 640, height: 360 });
});
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

async function publish(options: Partial<WhipPublisherOptions> = {}): Promise<{ receiver: WhipReceiver; publisher: WhipPublisher }> {
  const receiver = await WhipReceiver.open();
  open.push(receiver);
  const publisher = await WhipPublisher.publish({ url: receiver.url, token: "secret", film, ...options });
  open.push(publisher);
  return { receiver, publisher };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 10_000, interval: 20 }).toBe(true);
}
/** The answer to DELETE may overtake the last packets: they go another way. */
async function stopped(publisher: WhipPublisher, receiver: WhipReceiver): Promise<void> {
  await publisher.stop();
  await until(() => receiver.rtp.video.length === publisher.video.packets);
}
const sequences = (packets: readonly { bytes: Buffer }[]): number[] => packets.map(({ bytes }) => bytes.readUInt16BE(2));
const timestamps = (packets: readonly { bytes: Buffer }[]): number[] => packets.map(({ bytes }) => bytes.readUInt32BE(4));
const payloadOf = ({ bytes }: { bytes: Buffer }): Buffer => {
  const offset = 12 + ((bytes[0] ?? 0) & 0x0f) * 4;
  return bytes.subarray((bytes[0] ?? 0) & 0x10 ? offset + 4 + bytes.readUInt16BE(offset + 2) * 4 : offset);
};

/** Annex B out of packets that are complete and in order (RFC 6184). */
function depacketize(packets: readonly { bytes: Buffer }[]): Buffer {
  const start = Buffer.from([0, 0, 0, 1]);
  const out: Buffer[] = [];
  for (const packet of packets) {
    const payload = payloadOf(packet);
    const type = (payload[0] ?? 0) & 0x1f;
    if (type === 24) {
      for (let at = 1; at + 2 <= payload.length; at += 2 + payload.readUInt16BE(at))
        out.push(start, payload.subarray(at + 2, at + 2 + payload.readUInt16BE(at)));
    } else if (type === 28) {
      if ((payload[1] ?? 0) & 0x80) out.push(start, Buffer.from([((payload[0] ?? 0) & 0xe0) | ((payload[1] ?? 0) & 0x1f)]));
      out.push(payload.subarray(2));
    } else {
      out.push(start, payload);
    }
  }
  return Buffer.concat(out);
}

/** Frame numbers that FFmpeg decodes out of the packets. */
async function decodedNumbers(packets: readonly { bytes: Buffer }[]): ReturnType<typeof readClip> {
  const folder = await mkdtemp(join(tmpdir(), "publisher-"));
  try {
    await writeFile(join(folder, "in.h264"), depacketize(packets));
    await runForText("ffmpeg", ["-v", "error", "-framerate", "30", "-i", join(folder, "in.h264"), "-c", "copy", join(folder, "out.mp4")]);
    return await readClip(join(folder, "out.mp4"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** RTCP feedback (RFC 4585, 6.1). */
function feedback(type: number, format: number, ssrc: number, ...words: number[]): Buffer {
  const packet = Buffer.alloc(12 + words.length * 4);
  packet.set([0x80 | format, type, 0, 2 + words.length]);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(ssrc, 8);
  words.forEach((word, index) => packet.writeUInt32BE(word >>> 0, 12 + index * 4));
  return packet;
}

describe("WhipPublisher", () => {
  it("offers what a browser offers and sends a film that plays, in real time", async () => {
    const { receiver, publisher } = await publish({ firstSequence: 65_500, firstTimestamp: rtpTicks(2 ** 32 - 45_000) });
    await until(() => publisher.log.count >= 60);
    await stopped(publisher, receiver);
    const sent = publisher.log.count;
    expect(receiver.offers[0]).toMatch(/a=sendonly[\s\S]*profile-level-id=42e01f[\s\S]*a=extmap:3 .*transport-wide/);
    expect(receiver.offers[0]).toMatch(/a=rtcp-fb:96 nack pli/);
    expect(receiver.offers[0]).toMatch(/a=rtpmap:111 opus\/48000\/2/i);
    expect(receiver.requests).toEqual(["POST /whip/room Bearer secret", "DELETE /whip/resource/1 Bearer secret"]);
    const numbers = sequences(receiver.rtp.video);
    expect(numbers).toEqual(numbers.map((_, index) => (65_500 + index) & 0xffff));
    const { frames } = await decodedNumbers(receiver.rtp.video);
    expect(frames).toHaveLength(sent);
    expect(frames[0]?.number).toBe(0);
    expect(checkSequence(frames, FILM_FRAMES)).toMatchObject({ unreadable: 0, missing: 0, repeated: 0 });
    const audio = timestamps(receiver.rtp.audio);
    expect(audio.slice(1).every((timestamp, index) => (timestamp - (audio[index] ?? 0)) >>> 0 === 960)).toBe(true);
    expect(audio.length).toBeGreaterThan(90);
  });

  it("logs what it sent with the instants that the timestamps stand for", async () => {
    const { receiver, publisher } = await publish();
    await until(() => publisher.log.count >= 45);
    const last = publisher.log.lastDue(preciseNow());
    expect(last?.index).toBe(publisher.log.count - 1);
    for (let index = 1; index < 45; index += 1) {
      const [before, frame] = [publisher.log.at(index - 1), publisher.log.at(index)];
      expect((frame?.due ?? 0) - (before?.due ?? 0)).toBeCloseTo(1000 / 30, 0);
      expect((frame?.sent ?? 0) - (frame?.due ?? 0)).toBeGreaterThan(-1);
      expect(publisher.log.nearest(frame?.number ?? -1, wallMs(frame?.due ?? 0), 100)?.index).toBe(index);
    }
    expect(publisher.log.at(100_000)).toBeNull();
    await until(() => receiver.rtcp.video.length > 0 && receiver.rtcp.audio.length > 0);
    const report = receiver.rtcp.video[0]?.bytes ?? Buffer.alloc(28);
    expect(report[1]).toBe(200);
    expect(report.readUInt32BE(8) - 2_208_988_800).toBeCloseTo(Date.now() / 1000, -1);
  });

  it("answers NACKs out of its history: what a lossy way lost comes in the end", async () => {
    const proxy = await LossyUdpProxy.open({ seed: 3, loss: 0.1 });
    open.push(proxy);
    const { receiver, publisher } = await publish({ route: proxy.route, firstSequence: 100 });
    const wanted = Array.from({ length: 80 }, (_, index) => 100 + index);
    await until(() => {
      const { video } = receiver.rtp;
      const have = new Set(sequences(video));
      const ssrc = video[0]?.bytes.readUInt32BE(8);
      const missing = wanted.filter((sequence) => !have.has(sequence) && sequence < Math.max(0, ...have));
      if (ssrc !== undefined) for (const sequence of missing) receiver.send("video", feedback(205, 1, ssrc, sequence << 16));
      return wanted.every((sequence) => have.has(sequence));
    });
    expect(publisher.video.resent).toBeGreaterThan(3);
    expect(publisher.video.nacked).toBe(publisher.video.resent);
    const first = new Map(receiver.rtp.video.map((packet) => [packet.bytes.readUInt16BE(2), packet]));
    const { frames } = await decodedNumbers(wanted.flatMap((sequence) => first.get(sequence) ?? []));
    expect(checkSequence(frames.slice(0, -1), FILM_FRAMES)).toMatchObject({ unreadable: 0, missing: 0, repeated: 0 });
  });

  it("counts PLIs and feedback, and gives up when feedback stops", async () => {
    const { receiver, publisher } = await publish({ giveUpAfterMs: 500 });
    await until(() => receiver.rtp.video.length > 0);
    const ssrc = receiver.rtp.video[0]?.bytes.readUInt32BE(8) ?? 0;
    receiver.send("video", feedback(206, 1, ssrc));
    await until(() => publisher.video.plis === 1);
    receiver.send("video", feedback(205, 15, ssrc, 0, 0));
    await until(() => publisher.video.feedbacks === 1);
    expect(await publisher.ended).toBe("failed");
  });

  it("goes by way of a proxy, with nothing else known of it", async () => {
    const proxy = await LossyUdpProxy.open({ seed: 1, delayMs: 5 });
    open.push(proxy);
    const { receiver } = await publish({ route: proxy.route });
    await until(() => receiver.rtp.video.length > 30 && receiver.rtp.audio.length > 10);
    expect(receiver.offers[0]).not.toContain("a=candidate:");
    expect(proxy.toServer.forwarded).toBeGreaterThan(40);
  });

  it("trickles its candidates", async () => {
    const { receiver } = await publish({ trickle: true });
    await until(() => receiver.rtp.video.length > 10);
    expect(receiver.offers[0]).not.toContain("a=candidate:");
    expect(receiver.fragments[0]).toMatch(/a=ice-ufrag:.*\r\na=ice-pwd:.*\r\nm=.*\r\na=mid:0\r\na=candidate:/);
  });

  it("pauses, goes on where it was, and its timestamps jump by the pause", async () => {
    const { receiver, publisher } = await publish({ senderReports: false });
    await until(() => publisher.log.count >= 10);
    publisher.pause();
    const paused = publisher.log.count;
    const pausedAt = preciseNow();
    await until(() => preciseNow() - pausedAt > 400);
    expect(publisher.log.count).toBe(paused);
    publisher.resume();
    await until(() => publisher.log.count >= paused + 10);
    const [before, after] = [publisher.log.at(paused - 1), publisher.log.at(paused)];
    expect(after?.number).toBe((before?.number ?? 0) + 1);
    expect((((after?.timestamp ?? 0) - (before?.timestamp ?? 0)) >>> 0) / 90).toBeGreaterThan(400);
    expect(receiver.rtcp.video).toHaveLength(0);
    publisher.jumpTimestamp(5000);
    const jumped = publisher.log.count;
    await until(() => publisher.log.count > jumped + 1);
    expect((((publisher.log.at(jumped)?.timestamp ?? 0) - (publisher.log.at(jumped - 1)?.timestamp ?? 0)) >>> 0) / 90).toBeGreaterThan(
      5000,
    );
  });

  it("changes its SSRCs and its resolution without losing a frame", async () => {
    const { receiver, publisher } = await publish();
    await until(() => publisher.log.count >= 5);
    publisher.changeSsrc();
    publisher.changeFilm(large);
    await until(() => publisher.log.count >= 50);
    await stopped(publisher, receiver);
    expect(new Set(receiver.rtp.video.map(({ bytes }) => bytes.readUInt32BE(8))).size).toBe(2);
    const { frames, width } = await decodedNumbers(receiver.rtp.video);
    expect(width).toBe(320);
    expect(frames).toHaveLength(publisher.log.count);
    expect(checkSequence(frames, FILM_FRAMES)).toMatchObject({ unreadable: 0, missing: 0, repeated: 0 });
    expect(depacketize(receiver.rtp.video.slice(-1)).length).toBeGreaterThan(0);
    expect(() => publisher.changeFilm({ ...film, frames: [] })).toThrow(TypeError);
  });

  it("sends sound later, or has none at all", async () => {
    const { receiver, publisher } = await publish({ sound: "later" });
    await until(() => publisher.log.count >= 10);
    expect(receiver.rtp.audio).toHaveLength(0);
    publisher.setSound(true);
    await until(() => receiver.rtp.audio.length > 5);
    const mute = await publish({ sound: "none" });
    expect(mute.receiver.offers[0]).not.toContain("m=audio");
    expect(mute.publisher.audio).toBeNull();
  });

  it("ends only once", async () => {
    const { publisher } = await publish();
    publisher.vanish();
    expect(await publisher.ended).toBe("vanished");
    expect(await publisher.stop()).toBeNull();
    await publisher.close();
  });

  it("gives refusals as they came", async () => {
    const receiver = await WhipReceiver.open();
    open.push(receiver);
    expect(await postOffer({ url: receiver.url, token: "t" }, "no sdp at all")).toMatchObject({ status: 400, body: "no SDP" });
    const refused = WhipPublisher.publish({ url: `${receiver.url}?refuse`, token: "t", film });
    await expect(refused).rejects.toBeInstanceOf(WhipRefusal);
    await expect(refused).rejects.toMatchObject({ answer: { status: 403 } });
  });
});
