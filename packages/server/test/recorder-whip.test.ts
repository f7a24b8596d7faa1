/** Real publishers over real WebRTC into real recorder processes: what is on disk is what was sent. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { millis } from "@livekit-replay/contract";
import { describeSegment } from "@livekit-replay/media";
import { checkSequence, checkSync, type Film, loadFilm, LossyUdpProxy, SMALL_FILM } from "@livekit-replay/peers";
import { PeerConnection, Video } from "node-datachannel";
import { beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { newId } from "../src/platform/ids.js";

import { buildRecorder } from "./recorder-build.js";
import { type PublicationEvent, RecorderWorld } from "./recorder-world.js";

const FILM_FRAMES = SMALL_FILM.seconds * SMALL_FILM.frameRate;
const perfect = { unreadable: 0, repeated: 0, outOfOrder: 0, missing: 0, jumps: [] };
let film: Film;
let entry: string;
beforeAll(async () => {
  entry = await buildRecorder();
  film = await loadFilm(SMALL_FILM);
});

/** The part of a test's context that closes what it opened. */
type Test = Pick<TestContext, "onTestFinished">;

async function world(test: Test, options: Parameters<typeof RecorderWorld.open>[0] = {}): Promise<RecorderWorld> {
  const made = await RecorderWorld.open({ entry, ...options });
  test.onTestFinished(() => made.close());
  return made;
}

async function proxyWith(test: Test, options: Parameters<typeof LossyUdpProxy.open>[0]): Promise<LossyUdpProxy> {
  const proxy = await LossyUdpProxy.open(options);
  test.onTestFinished(() => proxy.close());
  return proxy;
}

/** A publisher that connects and never sends a packet. */
async function connectInSilence(the: RecorderWorld): Promise<PeerConnection> {
  const peer = new PeerConnection("quiet", {
    iceServers: [],
    bindAddress: "127.0.0.1",
    disableAutoNegotiation: true,
    forceMediaTransport: true,
  });
  const media = new Video("0", "SendOnly");
  media.addH264Codec(96);
  peer.addTrack(media);
  const gathered = Promise.withResolvers<void>();
  peer.onGatheringStateChange((state) => state === "complete" && gathered.resolve());
  peer.setLocalDescription("offer");
  await gathered.promise;
  const { sdp } = await the.recorder.offer({ publicationId: newId(), ...the.place, sdp: peer.localDescription()?.sdp ?? "" });
  peer.setRemoteDescription(sdp, "answer");
  return peer;
}

const soonSilent = { silentMs: millis(300) };

describe("a publication that is recorded", () => {
  it("is on disk frame by frame, with its sound in step, and files say what was announced", async (test) => {
    const the = await world(test);
    const { publicationId } = await the.publish({ film, firstSequence: 65_500 });
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 4);
    await the.recorder.stop(sessionId);
    const clip = await the.decode(sessionId, 0);
    expect(checkSequence(clip.frames, FILM_FRAMES)).toEqual(perfect);
    expect(clip.complaints).toEqual([]);
    expect(clip.audioCodec).toBe("opus");
    const { points, alone, worstUs } = checkSync(clip);
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(alone).toBe(0);
    expect(worstUs).toBeLessThan(40_000);
    for (const segment of the.segments(sessionId)) {
      const { info } = describeSegment(await readFile(join(the.folder(sessionId), `segment-${segment.run}-${segment.number}.m4s`)));
      expect(segment).toMatchObject({
        startPts: info.startPts,
        endPts: info.endPts,
        startWall: info.startWall,
        frames: info.frames,
        sizeBytes: info.sizeBytes,
      });
    }
  });

  it("goes on untouched when a tail is taken, which ends at the instant asked for and is there soon after it", async (test) => {
    const the = await world(test);
    const { publicationId, publisher } = await the.publish({ film });
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 2);
    const lateMs: number[] = [];
    let tails = 0;
    for (let press = 0; press < 6; press += 1) {
      const captureId = newId();
      const pressed = Date.now();
      const cutAtMs = pressed + 250;
      const tail = await the.recorder.tail(sessionId, captureId, cutAtMs);
      lateMs.push(Date.now() - cutAtMs);
      const announced = the.segments(sessionId).at(-1);
      // A recorder that is as late as a whole GOP has closed it by then: nothing is open up to the cut, and all of it was announced.
      if (tail === null) {
        expect(announced?.endWall).toBeGreaterThanOrEqual(cutAtMs);
        continue;
      }
      tails += 1;
      expect(tail.endWall).toBeCloseTo(cutAtMs, 0);
      const clip = await the.decode(sessionId, 0, announced && tail.coversFrom <= announced.number ? [] : [`tail-${captureId}.m4s`]);
      expect(checkSequence(clip.frames, FILM_FRAMES)).toEqual(perfect);
      const newest = publisher.log.lastDue(pressed as Parameters<typeof publisher.log.lastDue>[0]);
      const last = clip.frames.at(-1)?.number ?? 0;
      expect((last - (newest?.number ?? 0) + FILM_FRAMES) % FILM_FRAMES).toBeLessThanOrEqual(8);
    }
    expect(tails).toBeGreaterThan(2);
    // On a quiet machine 5 ms; this is for one that runs all tests.
    expect(lateMs.toSorted((left, right) => left - right)[3]).toBeLessThan(150);
    await the.recorder.stop(sessionId);
    expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
  });

  it("is received and thrown away before it is started, and begins with a keyframe at once when it is", async (test) => {
    const the = await world(test);
    const { publicationId, publisher } = await the.publish({ film });
    await the.publicationState(publicationId, "flowing");
    expect(await the.recorder.tail(newId(), newId(), Date.now())).toBeNull();
    await vi.waitUntil(() => publisher.video.feedbacks > 20, { timeout: 5_000 });
    expect(publisher.video.plis).toBe(0);
    // Not next to a keyframe of the film, one a second: where one comes by itself none is asked for.
    const sinceKeyframe = (): number => (publisher.log.at(publisher.log.count - 1)?.number ?? 0) % SMALL_FILM.frameRate;
    await vi.waitUntil(() => sinceKeyframe() >= 3 && sinceKeyframe() <= 10, { timeout: 5_000, interval: 10 });
    const sessionId = await the.start(publicationId);
    await vi.waitUntil(() => publisher.video.plis > 0, { timeout: 2_000 });
    await the.segmentCount(sessionId, 1);
    expect(the.segments(sessionId)[0]).toMatchObject({ run: 0, number: 0, runReason: "start" });
  });

  it("may be stopped and started again, as another run of the same session", async (test) => {
    const the = await world(test);
    const { publicationId } = await the.publish({ film });
    const sessionId = await the.start(publicationId);
    await the.segmentCount(sessionId, 1);
    await the.recorder.stop(sessionId);
    await the.recorder.stop(sessionId);
    expect(await the.recorder.tail(sessionId, newId(), Date.now())).toBeNull();
    await the.start(publicationId, { sessionId, firstRun: 1, firstRunReason: "pause" });
    await the.runBegun(sessionId, 1);
    await expect(the.start(publicationId)).rejects.toMatchObject({ code: "already_active" });
    await the.recorder.unpublish(publicationId);
    expect(checkSequence((await the.decode(sessionId, 1)).frames, FILM_FRAMES)).toEqual(perfect);
    expect(the.segments(sessionId).find(({ run }) => run === 1)?.runReason).toBe("pause");
  });
});

describe.concurrent("side by side", () => {
  describe("the end of a publication", () => {
    it("by request announces the open GOP first", async (test) => {
      const the = await world(test);
      const { publicationId, publisher } = await the.publish({ film });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 1);
      await publisher.stop();
      const sent = publisher.log.at(publisher.log.count - 1);
      const ended = the.events.findIndex((event) => event.type === "publication" && event.state === "ended");
      const lastSegment = the.events.findLastIndex(({ type }) => type === "segment");
      expect(ended).toBeGreaterThan(lastSegment);
      expect(the.publications(publicationId).at(-1)).toMatchObject({ sessionId, reason: "The publisher ended the publication" });
      const { frames } = await the.decode(sessionId, 0);
      expect(checkSequence(frames, FILM_FRAMES)).toEqual(perfect);
      expect(((sent?.number ?? 0) - (frames.at(-1)?.number ?? 0) + FILM_FRAMES) % FILM_FRAMES).toBeLessThanOrEqual(2);
      await expect(the.recorder.candidates(publicationId, "")).rejects.toMatchObject({ code: "publication_not_found" });
    });

    it("without a word: silent first, so that a new publication can take the session over", async (test) => {
      const the = await world(test, { timings: soonSilent });
      const proxy = await proxyWith(test, { seed: 1 });
      const gone = await the.publish({ film, route: proxy.route });
      const sessionId = await the.start(gone.publicationId);
      await the.segmentCount(sessionId, 1);
      proxy.setCut(true);
      await the.publicationState(gone.publicationId, "silent", 2_000);
      const next = await the.publish({ film });
      await the.start(next.publicationId, { sessionId, firstRun: 1, firstRunReason: "reconnect" });
      await the.runBegun(sessionId, 1);
      await the.recorder.unpublish(gone.publicationId);
      expect(the.publications(gone.publicationId).at(-1)).toMatchObject({ state: "ended", sessionId: null });
      expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
      // A keyframe that comes between the instant and the answer closes the GOP, and nothing is open up to that instant: the next time there is.
      await expect.poll(() => the.recorder.tail(sessionId, newId(), Date.now())).toMatchObject({ run: 1 });
    });

    it("comes when connectivity is lost for good, with all that had arrived", { timeout: 60_000 }, async (test) => {
      const the = await world(test);
      const proxy = await proxyWith(test, { seed: 1 });
      const { publicationId } = await the.publish({ film, route: proxy.route });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 1);
      proxy.setCut(true);
      const ended = await the.publicationState(publicationId, "ended", 45_000);
      expect(ended).toMatchObject({ sessionId, reason: "The connection to the publisher is lost" });
      expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
      expect(the.recorder.stats().processes[0]).toMatchObject({ publications: 0, sessions: 0 });
    });

    it("comes when the connection is never made", async (test) => {
      const the = await world(test, { timings: { connectMs: millis(400) } });
      const sdp = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
      const publicationId = newId();
      await the.recorder.offer({ publicationId, ...the.place, sdp });
      const ended = await the.publicationState(publicationId, "ended", 5_000);
      expect(ended).toMatchObject({ reason: "The connection was not made in time", sessionId: null });
      expect(the.recorder.stats().processes[0]?.publications).toBe(0);
    });

    it("comes when nothing is ever sent", async (test) => {
      const the = await world(test, { timings: { goneMs: millis(400), ...soonSilent } });
      const peer = await connectInSilence(the);
      test.onTestFinished(() => peer.close());
      const ended = await the.event((event): event is PublicationEvent => event.type === "publication" && event.state === "ended", 5_000);
      expect(ended.reason).toBe("The publisher never sent anything");
      expect(the.publications(ended.publicationId).map(({ state }) => state)).toEqual(["connected", "silent", "ended"]);
    });
  });

  describe("silence", () => {
    it("is told, and so is its end; no packet was lost, so the picture stood still for that long", async (test) => {
      const the = await world(test, { timings: soonSilent });
      const { publicationId, publisher } = await the.publish({ film });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 1);
      publisher.pause();
      await the.publicationState(publicationId, "silent", 2_000);
      const before = the.publications(publicationId).length;
      publisher.resume();
      await vi.waitUntil(
        () =>
          the
            .publications(publicationId)
            .slice(before)
            .some(({ state }) => state === "flowing"),
        { timeout: 2_000 },
      );
      const count = the.segments(sessionId).length;
      await the.segmentCount(sessionId, count + 2);
      await the.recorder.stop(sessionId);
      expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
    });
  });

  describe("a bad way and odd publishers", () => {
    it("loses 2 %, delays and reorders: nothing is missing in the end", async (test) => {
      const the = await world(test);
      const proxy = await proxyWith(test, { seed: 7, loss: 0.02, delayMs: 20, reorder: 0.02 });
      const { publicationId, publisher } = await the.publish({ film, route: proxy.route });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 6);
      await the.recorder.stop(sessionId);
      const { frames, complaints } = await the.decode(sessionId, 0);
      const faults = checkSequence(frames, FILM_FRAMES);
      expect(faults.missing / frames.length).toBeLessThanOrEqual(0.005);
      expect(faults).toMatchObject({ repeated: 0, outOfOrder: 0, unreadable: 0 });
      expect(complaints).toEqual([]);
      expect(publisher.video.resent).toBeGreaterThan(0);
    });

    it("sends a keyframe every 10 s, no sender report, no transport-cc, like OBS", async (test) => {
      const rare = await loadFilm({ ...SMALL_FILM, keyframeSeconds: 10 });
      const the = await world(test);
      const { publicationId, publisher } = await the.publish({ film: rare, senderReports: false, transportCc: false });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 1, 25_000);
      expect(publisher.video.feedbacks).toBe(0);
      const captureId = newId();
      const tail = await the.recorder.tail(sessionId, captureId, Date.now());
      expect(tail?.frames).toBeGreaterThan(0);
      const [first] = the.segments(sessionId);
      expect((first?.endPts ?? 0) - (first?.startPts ?? 0)).toBeCloseTo(10_000_000, -5);
      const clip = await the.decode(sessionId, 0, [`tail-${captureId}.m4s`]);
      expect(checkSequence(clip.frames, FILM_FRAMES)).toEqual(perfect);
      expect(checkSync(clip).worstUs).toBeLessThan(40_000);
    });

    it("has a clock that is an hour wrong: wall times are the server's", async (test) => {
      const the = await world(test);
      const { publicationId } = await the.publish({ film, ntpOffsetMs: 3_600_000 });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 3);
      const [segment] = the.segments(sessionId);
      expect(Math.abs((segment?.startWall ?? 0) - Date.now())).toBeLessThan(20_000);
      const clip = await the.decode(sessionId, 0);
      expect(checkSync(clip).worstUs).toBeLessThan(40_000);
    });

    it("changes its resolution: the run goes on and decodes", async (test) => {
      const large = await loadFilm({ ...SMALL_FILM, width: 640, height: 360 });
      const the = await world(test);
      const { publicationId, publisher } = await the.publish({ film });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 2);
      publisher.changeFilm(large);
      await the.segmentCount(sessionId, 5);
      await the.recorder.stop(sessionId);
      expect(new Set(the.segments(sessionId).map(({ run }) => run))).toEqual(new Set([0]));
      const { frames, complaints } = await the.decode(sessionId, 0);
      expect(checkSequence(frames, FILM_FRAMES)).toEqual(perfect);
      expect(complaints).toEqual([]);
    });

    it("goes on under other SSRCs: a new run of the same session", async (test) => {
      const the = await world(test);
      const { publicationId, publisher } = await the.publish({ film });
      const sessionId = await the.start(publicationId);
      await the.segmentCount(sessionId, 2);
      publisher.changeSsrc();
      await the.runBegun(sessionId, 1);
      await the.recorder.stop(sessionId);
      for (const run of [0, 1])
        expect(checkSequence((await the.decode(sessionId, run)).frames, FILM_FRAMES)).toMatchObject({
          repeated: 0,
          outOfOrder: 0,
          missing: 0,
        });
    });

    it("share one UDP port with others, by trickled candidates too", async (test) => {
      const the = await world(test);
      const first = await the.publish({ film });
      const second = await the.publish({ film, trickle: true });
      const third = await the.publish({ film, sound: "none" });
      const sessions = await Promise.all([first, second, third].map(({ publicationId }) => the.start(publicationId)));
      for (const sessionId of sessions) await the.segmentCount(sessionId, 2);
      for (const sessionId of sessions) {
        await the.recorder.stop(sessionId);
        expect(checkSequence((await the.decode(sessionId, 0)).frames, FILM_FRAMES)).toEqual(perfect);
      }
      expect(the.recorder.stats().processes[0]).toMatchObject({ publications: 3, sessions: 0, udpPort: the.process.udpPort });
    });
  });

  describe("bad offers", () => {
    it("are refused with a sentence and leave nothing behind", async (test) => {
      const the = await world(test);
      const post = async (body: string): Promise<[number, string]> => {
        const response = await fetch(the.url, { method: "POST", body });
        return [response.status, await response.text()];
      };
      expect(await post("hello")).toEqual([400, "The body is not SDP: line 1 is not of the form x=value"]);
      const chromium = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
      expect(await post(chromium.replace(/m=video[\s\S]*?(?=m=audio)/, ""))).toEqual([
        400,
        expect.stringContaining("The offer has no video"),
      ]);
      expect(await post(chromium.replaceAll("H264/90000", "H265/90000"))).toEqual([
        422,
        "VP8, H265, AV1, VP9 cannot be kept: publish H.264 (constrained baseline, packetization-mode=1) with Opus",
      ]);
      expect(the.recorder.stats().processes[0]?.publications).toBe(0);
      expect(the.events).toEqual([]);
    });
  });

  describe("limits and addresses", () => {
    it("takes 64 publications in one process, and refuses more until some have ended", async (test) => {
      const the = await world(test, { timings: { connectMs: millis(3_000) } });
      const sdp = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
      const offer = (): Promise<unknown> => the.recorder.offer({ publicationId: newId(), ...the.place, sdp });
      await Promise.all(Array.from({ length: 64 }, offer));
      await expect(offer()).rejects.toMatchObject({ code: "recorder_unavailable" });
      expect(the.recorder.stats().processes[0]?.publications).toBe(64);
      await vi.waitUntil(() => the.recorder.stats().processes[0]?.publications === 0, { timeout: 8_000 });
      await expect(offer()).resolves.toBeDefined();
    });

    it("is reached on its configured ports, one for each process, and announces the public address", async (test) => {
      // Below the range that the system gives away by itself.
      const udpPort = 20_000 + 2 * (process.pid % 5_000);
      const the = await world(test, { udpPort, processes: 2, publicIp: "203.0.113.7" });
      const sdp = await readFile(new URL("fixtures/offers/chromium.sdp", import.meta.url), "utf8");
      const answers = await Promise.all([1, 2].map(() => the.recorder.offer({ publicationId: newId(), ...the.place, sdp })));
      const announced = answers.map(({ sdp: answer }) =>
        [...answer.matchAll(/a=candidate:\S+ 1 UDP \d+ (\S+) (\d+) typ host/g)].map(([, address, port]) => `${address}:${port}`),
      );
      const expected = [udpPort, udpPort + 1].map((port) => new Set([`203.0.113.7:${port}`, `127.0.0.1:${port}`]));
      expect(announced.map((candidates) => new Set(candidates))).toEqual(expect.arrayContaining(expected));
    });

    it("does not start on a port that is taken, or with ICE servers that are none", async (test) => {
      const taken = createSocket("udp4");
      taken.bind(0, "127.0.0.1");
      await once(taken, "listening");
      test.onTestFinished(() => void taken.close());
      await expect(RecorderWorld.open({ entry, udpPort: taken.address().port })).rejects.toThrow("No recorder process could be started");
      await expect(RecorderWorld.open({ entry, iceServers: ["nonsense:::"] })).rejects.toThrow("No recorder process could be started");
    });
  });
});
