/** Packets in any order, lost and doubled, come out in order, each once; what is missing is asked for, and given up in time. */
import { millis, rtpTicks, type WallMs, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { requestedSequences, RtpHistory, RtpStream, seededRandom, SimulatedClock } from "../testing/index.js";
import { RtpReceiver } from "./receiver.js";

const ssrc = 42;

interface Rig {
  readonly receiver: RtpReceiver;
  readonly delivered: number[];
  readonly asked: { readonly at: WallMs; readonly sequences: readonly number[] }[];
  readonly losses: number[];
  changes: number;
  now: WallMs;
}

function rig(nack = true, patience = 600): Rig {
  const state: Rig = {
    delivered: [],
    asked: [],
    losses: [],
    changes: 0,
    now: wallMs(1_000_000),
    receiver: new RtpReceiver({
      payloadTypes: new Set([96]),
      rtx: new Map([[97, 96]]),
      clockRate: 90_000,
      nack,
      patienceMs: millis(patience),
      sender: 1,
      deliver: (packet) => state.delivered.push(packet.extended),
      lost: (count) => state.losses.push(count),
      changed: () => (state.changes += 1),
      send: (rtcp) => {
        if (rtcp[1] === 205) state.asked.push({ at: state.now, sequences: requestedSequences(rtcp, ssrc) });
      },
    }),
  };
  return state;
}

function packets(count: number, first = 0, stream = ssrc): Uint8Array[] {
  const sender = new RtpStream({ ssrc: stream, payloadType: 96, firstSequence: first });
  return Array.from({ length: count }, (_, i) => sender.packet(rtpTicks(i * 3000), true, [Uint8Array.of(i & 0xff)]));
}

function pass(state: Rig, span: number): void {
  for (let i = 0; i < span; i += 10) {
    state.now = wallMs(state.now + 10);
    state.receiver.tick(state.now);
  }
}

const feed = (state: Rig, list: readonly (Uint8Array | undefined)[]): void => {
  for (const packet of list) if (packet) state.receiver.receive(packet, state.now);
};

describe("order", () => {
  const permutation = fc.integer({ min: 1, max: 60 }).chain((count) => fc.shuffledSubarray([...Array(count).keys()], { minLength: count }));

  test.prop([permutation, fc.integer({ min: 0, max: 65_535 })])(
    "any permutation at the start is delivered in order, each once",
    (order, first) => {
      const state = rig();
      const list = packets(order.length, first);
      feed(
        state,
        order.map((index) => list[index]),
      );
      pass(state, 50);
      const lowest = state.delivered[0] ?? 0;
      expect(state.delivered).toEqual(order.map((_, i) => lowest + i));
      expect(((lowest % 65_536) + 65_536) % 65_536).toBe(first);
      expect(state.losses).toEqual([]);
    },
  );

  test.prop([permutation, fc.integer({ min: 65_300, max: 65_535 }), fc.array(fc.nat(59))])(
    "any permutation with duplicates later is delivered in order, each once",
    (order, first, again) => {
      const state = rig();
      const list = packets(order.length + 1, first);
      feed(state, list.slice(0, 1));
      pass(state, 50);
      const doubled = [...order, ...again.filter((index) => index < order.length)].map((index) => list[index + 1]);
      feed(state, doubled);
      expect(state.delivered).toEqual(list.map((_, i) => first + i));
      expect(state.receiver.counters.duplicates).toBe(doubled.length - order.length);
    },
  );

  test.prop([fc.integer(), fc.integer({ min: 0, max: 65_535 })], { numRuns: 40 })(
    "random loss, reorder and duplication with retransmission deliver everything",
    (seed, first) => {
      const random = seededRandom(seed);
      const clock = new SimulatedClock();
      const history = new RtpHistory();
      const list = packets(300, first);
      const delivered: number[] = [];
      const arrive = (packet: Uint8Array): void => {
        if (random() < 0.1) return;
        for (let copies = random() < 0.05 ? 2 : 1; copies > 0; copies -= 1)
          clock.at(clock.now + 5 + random() * 20, () => receiver.receive(packet, clock.now));
      };
      const receiver = new RtpReceiver({
        payloadTypes: new Set([96]),
        rtx: new Map(),
        clockRate: 90_000,
        nack: true,
        patienceMs: millis(600),
        sender: 1,
        deliver: (packet) => delivered.push(packet.extended),
        lost: (count) => delivered.push(...Array.from({ length: count }, () => NaN)),
        changed: () => {},
        send: (rtcp) => history.answer(rtcp, ssrc).forEach(arrive),
      });
      list.forEach((packet, i) =>
        clock.at(clock.now + i * 3, () => {
          history.add(packet);
          arrive(packet);
        }),
      );
      clock.every(millis(10), () => receiver.tick(clock.now));
      clock.run(millis(2500));
      const start = delivered[0] ?? 0;
      expect(delivered).toEqual(delivered.map((_, i) => start + i));
      expect(delivered.length).toBeGreaterThan(285);
      expect(receiver.waitingPackets).toBe(0);
    },
  );
});

describe("a missing packet", () => {
  it("is asked for after 10 ms, then less and less often, and given up after 600 ms", () => {
    const state = rig();
    const list = packets(10, 65_530);
    feed(state, list.slice(0, 5));
    pass(state, 40);
    feed(state, list.slice(7));
    const since = state.now;
    pass(state, 590);
    expect(state.delivered).toHaveLength(5);
    expect(state.asked.map(({ sequences }) => sequences)).toEqual(state.asked.map(() => [65_535, 0]));
    const pauses = [since, ...state.asked.map(({ at }) => at)].map((at, i, all) => (all[i + 1] ?? NaN) - at).slice(0, -1);
    expect(pauses[0]).toBe(10);
    expect(pauses.length).toBeGreaterThan(3);
    expect(pauses.length).toBeLessThan(10);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    pass(state, 20);
    expect(state.delivered).toHaveLength(8);
    expect(state.losses).toEqual([2]);
    feed(state, list.slice(5, 6));
    expect(state.receiver.counters).toMatchObject({ late: 1, lost: 2, recovered: 0 });
  });

  it("is not asked for when it is only out of order, or nobody would answer", () => {
    const state = rig();
    const list = packets(4);
    feed(state, [list[0]]);
    pass(state, 50);
    feed(state, [list[2]]);
    state.now = wallMs(state.now + 9);
    feed(state, [list[1]]);
    pass(state, 100);
    expect(state.asked).toEqual([]);
    expect(state.receiver.counters.recovered).toBe(1);
    const deaf = rig(false, 100);
    feed(deaf, [list[0], list[2]]);
    pass(deaf, 300);
    expect(deaf.asked).toEqual([]);
    expect(deaf.delivered).toEqual([0, 2]);
  });

  it("does not hold more than the buffer's bounds", () => {
    const state = rig(true, 1e9);
    const list = packets(6000);
    feed(
      state,
      list.filter((_, i) => i === 0 || i > 1),
    );
    expect(state.receiver.waitingPackets).toBeLessThan(2100);
    pass(state, 50);
    expect(state.receiver.missing).toBeLessThanOrEqual(1024);
    expect(state.delivered.length).toBeGreaterThan(3900);
  });
});

describe("a new start", () => {
  it("under another SSRC needs two packets in a row", () => {
    const state = rig();
    feed(state, packets(5));
    pass(state, 50);
    const [stray] = packets(1, 500, 9);
    feed(state, [stray, ...packets(7).slice(5)]);
    expect(state.changes).toBe(0);
    feed(state, packets(3, 30_000, 9));
    expect(state.changes).toBe(1);
    expect(state.delivered.length).toBe(10);
    expect(state.receiver.ssrc).toBe(9);
    expect([...state.delivered].sort((a, b) => a - b)).toEqual(state.delivered);
  });

  it("far away in the same stream is a loss", () => {
    for (const first of [2000, 40_000, 60_000]) {
      const state = rig();
      feed(state, packets(5));
      pass(state, 50);
      feed(state, packets(3, first));
      expect(state.delivered.length).toBe(8);
      expect(state.losses.length).toBe(1);
      expect(state.changes).toBe(0);
    }
  });

  it("takes retransmissions, and advances over padding", () => {
    const state = rig();
    const stream = new RtpStream({ ssrc, payloadType: 96 });
    const history = new RtpHistory({ rtx: { ssrc: 50, payloadType: 97 } });
    const list = Array.from({ length: 3 }, (_, i) => stream.packet(rtpTicks(i), true, [Uint8Array.of(1)]));
    for (const packet of list) history.add(packet);
    feed(state, [list[0]]);
    pass(state, 50);
    feed(state, [
      list[2],
      history.resend(1) ?? undefined,
      stream.padding(rtpTicks(2)),
      stream.packet(rtpTicks(3), true, [Uint8Array.of(1)]),
    ]);
    expect(state.delivered).toEqual([0, 1, 2, 4]);
    expect(state.receiver.counters.recovered).toBe(1);
  });
});
