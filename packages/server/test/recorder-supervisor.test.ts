/** The supervisor against recorder processes that misbehave: none of them may hang a request, stay alive unheard or be trusted. */
import { fileURLToPath } from "node:url";
import { millis } from "@livekit-replay/contract";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { newId } from "../src/platform/ids.js";
import type { RecorderEvent } from "../src/recorders/port.js";
import { createRecorder } from "../src/recorders/supervisor/create.js";
import type { RecorderTimings, Recorder } from "../src/recorders/supervisor/options.js";
import { RecorderSocket } from "../src/recorders/supervisor/socket.js";

const entry = fileURLToPath(new URL("fixtures/recorders/odd.mjs", import.meta.url));
const lines: { message: string; fields: object }[] = [];
const log = (fields: object, message: string): void => void lines.push({ message, fields });
const short = {
  requestMs: millis(400),
  heartbeatLimitMs: millis(300),
  helloLimitMs: millis(1_500),
  restartMinMs: millis(20),
  restartMaxMs: millis(100),
  stopLimitMs: millis(400),
};
const open: Recorder[] = [];

async function recorder(
  behaviour: string,
  options: { processes?: number; timings?: Partial<RecorderTimings> } = {},
): Promise<{ whip: Recorder; events: RecorderEvent[] }> {
  const whip = await createRecorder({
    root: behaviour,
    host: "127.0.0.1",
    udpPort: null,
    publicIp: null,
    iceServers: [],
    segmentSeconds: 2,
    processes: options.processes ?? 1,
    logger: { info: log, warn: log, error: log },
    entry,
    timings: { ...short, ...options.timings },
  });
  open.push(whip);
  const events: RecorderEvent[] = [];
  whip.on((event) => event.type !== "heartbeat" && events.push(event));
  return { whip, events };
}

afterEach(async () => {
  for (const whip of open.splice(0)) await whip.close();
  lines.length = 0;
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const offer = (): { publicationId: string; roomName: string; userId: string; sdp: string } => ({
  publicationId: newId(),
  roomName: "studio",
  userId: "alice",
  sdp: "v=0",
});
const pidOf = (whip: Recorder): number => whip.stats().processes[0]?.pid ?? 0;
const downs = (events: readonly RecorderEvent[]): RecorderEvent[] => events.filter(({ type }) => type === "down");

describe("starting", () => {
  it.each(["exits", "wrong secret"])("fails when the only process %s", async (behaviour) => {
    await expect(recorder(behaviour)).rejects.toThrow("No recorder process could be started");
  });

  it("fails when no process says hello in time, and kills it", async () => {
    await expect(recorder("silent", { timings: { helloLimitMs: millis(300) } })).rejects.toThrow("No recorder process could be started");
    expect(lines.some(({ fields }) => JSON.stringify(fields).includes("did not say hello in time"))).toBe(true);
  });
});

describe("a process that is up", () => {
  it("is killed and replaced when no heartbeat comes", async () => {
    const { whip, events } = await recorder("heartless");
    const first = whip.stats().processes[0];
    await expect.poll(() => downs(events).length, { timeout: 5_000 }).toBe(1);
    expect(downs(events)[0]).toMatchObject({ recorderId: first?.recorderId, publicationIds: [], sessionIds: [] });
    await expect
      .poll(() => events.some((event) => event.type === "up" && event.recorderId !== first?.recorderId), { timeout: 5_000 })
      .toBe(true);
    expect(isAlive(first?.pid ?? 0)).toBe(false);
    expect(whip.stats().processes[0]?.restarts).toBeGreaterThanOrEqual(1);
  });

  it("is not believed what does not fit the contract", async () => {
    const { whip, events } = await recorder("garbage");
    await expect.poll(() => whip.stats().invalidMessages, { timeout: 5_000 }).toBe(3);
    expect(events.filter(({ type }) => type !== "up")).toEqual([]);
  });

  it("that does not answer fails the request after its time, and no other", async () => {
    const { whip } = await recorder("mute");
    await expect(whip.offer(offer())).rejects.toMatchObject({ code: "recorder_unavailable" });
    expect(whip.stats()).toMatchObject({ processes: [{ publications: 0, state: "up" }] });
    expect(whip.stats().timeouts).toBeGreaterThanOrEqual(1);
  });

  it("that dies when asked fails the request at once, after its death was told", async () => {
    const { whip, events } = await recorder("dies when asked", { timings: { requestMs: millis(10_000) } });
    const asked = offer();
    const failed = await whip.offer(asked).then(
      () => null,
      (error: unknown) => ({ error, toldBefore: downs(events).length }),
    );
    expect(failed).toMatchObject({ error: { code: "recorder_unavailable" }, toldBefore: 1 });
    expect(downs(events)[0]).toMatchObject({ publicationIds: [asked.publicationId] });
  });

  it.each(["dies when asked", "dies when told to stop"])("that %s takes the share with it: no other one records it", async (behaviour) => {
    const { whip, events } = await recorder(behaviour, { timings: { requestMs: millis(10_000) } });
    let beats = 0;
    whip.on((event) => (beats += Number(event.type === "heartbeat" && downs(events).length > 0)));
    const sessionId = newId();
    const share = { roomName: "studio", userId: "alice", sessionId, identity: "alice", videoTrackId: null, audioTrackId: null };
    const recording = whip.record({ ...share, firstRun: 0, firstRunReason: "start" });
    if (behaviour !== "dies when asked") await recording;
    await expect(behaviour === "dies when asked" ? recording : whip.stop(sessionId)).rejects.toMatchObject({
      code: "recorder_unavailable",
    });
    // The next process would be asked as soon as it is up.
    await expect.poll(() => beats, { timeout: 5_000 }).toBeGreaterThan(5);
    expect(downs(events)).toHaveLength(1);
    expect(whip.stats().processes).toMatchObject([{ sessions: 0, state: "up" }]);
  });

  it("passes on what a process refuses, and forgets the publication", async () => {
    const { whip } = await recorder("refuses");
    await expect(whip.offer(offer())).rejects.toMatchObject({ code: "unsupported_codec", message: "no offer" });
    expect(whip.stats().processes[0]?.publications).toBe(0);
  });

  it("is restarted with growing pauses, not in a storm", async () => {
    const { whip } = await recorder("heartless", {
      timings: { heartbeatLimitMs: millis(100), restartMinMs: millis(50), restartMaxMs: millis(60_000) },
    });
    await expect.poll(() => whip.stats().processes[0]?.restarts, { timeout: 10_000 }).toBe(3);
    expect(whip.stats().processes).toHaveLength(1);
  });
});

describe("several processes", () => {
  it("get publications by turns, and requests go to the one that has it", async () => {
    const { whip } = await recorder("answers", { processes: 2 });
    const ids = await Promise.all([offer(), offer(), offer(), offer()].map(async (each) => (await whip.offer(each)).recorderId));
    expect(new Set(ids).size).toBe(2);
    expect(whip.stats().processes.map(({ publications }) => publications)).toEqual([2, 2]);
  });

  it("lose only what was in the one that died", async () => {
    const { whip, events } = await recorder("answers", { processes: 2 });
    const [first, second] = [offer(), offer()];
    const { recorderId } = await whip.offer(first);
    await whip.offer(second);
    const sessionId = newId();
    await whip.start({
      publicationId: first.publicationId,
      roomName: "studio",
      userId: "alice",
      sessionId,
      firstRun: 0,
      firstRunReason: "start",
    });
    process.kill(whip.stats().processes.find((each) => each.recorderId === recorderId)?.pid ?? 0, "SIGKILL");
    await expect
      .poll(() => downs(events), { timeout: 5_000 })
      .toEqual([{ type: "down", recorderId, publicationIds: [first.publicationId], sessionIds: [sessionId] }]);
    await expect(whip.candidates(first.publicationId, "")).rejects.toMatchObject({ code: "publication_not_found" });
    await expect(whip.candidates(second.publicationId, "")).resolves.toBeUndefined();
  });
});

describe("what is not there", () => {
  it("is not found, or already done", async () => {
    const { whip } = await recorder("answers");
    await expect(whip.candidates(newId(), "")).rejects.toMatchObject({ code: "publication_not_found" });
    await expect(
      whip.start({ publicationId: newId(), roomName: "r", userId: "u", sessionId: newId(), firstRun: 0, firstRunReason: "start" }),
    ).rejects.toMatchObject({ code: "publication_not_found" });
    await expect(whip.unpublish(newId())).resolves.toBeUndefined();
    await expect(whip.stop(newId())).resolves.toBeUndefined();
    await expect(whip.tail(newId(), newId(), Date.now())).resolves.toBeNull();
  });
});

describe("closing", () => {
  it("stops the processes, for good, and may be asked twice", async () => {
    const { whip, events } = await recorder("answers");
    const pid = pidOf(whip);
    await Promise.all([whip.close(), whip.close()]);
    expect(isAlive(pid)).toBe(false);
    expect(downs(events)).toHaveLength(1);
    await expect(whip.offer(offer())).rejects.toMatchObject({ code: "recorder_unavailable" });
  });

  it("kills a process that does not listen", async () => {
    const { whip } = await recorder("stubborn");
    const pid = pidOf(whip);
    await whip.close();
    expect(isAlive(pid)).toBe(false);
  });
});

describe("the socket", () => {
  it("lets nobody in without a secret, and each secret only once", async () => {
    const socket = await RecorderSocket.open();
    let connected = 0;
    const { secret } = socket.expect(() => (connected += 1));
    const tryWith = (authorization: string | null): Promise<string> =>
      new Promise((resolve) => {
        const client = new WebSocket(socket.url, authorization === null ? {} : { headers: { authorization } });
        client.on("open", () => resolve("open"));
        client.on("error", (error) => resolve(error.message));
      });
    expect(await tryWith(null)).toContain("401");
    expect(await tryWith("Bearer ")).toContain("401");
    expect(await tryWith(`Bearer ${secret}x`)).toContain("401");
    expect(await tryWith(`Bearer ${secret}`)).toBe("open");
    expect(await tryWith(`Bearer ${secret}`)).toContain("401");
    expect(connected).toBe(1);
    await socket.close();
    await socket.close();
  });
});
