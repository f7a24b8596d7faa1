/** Access units out of RTP: every way of packing, losses, blank keyframes, parameter sets that are missing, and any bytes. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { annexB, nalUnits } from "../codec/annex-b.js";
import { H264Packetizer, pictureIndex, pictureParameterSet, sequenceParameterSet, syntheticPicture } from "../testing/index.js";
import { H264Depacketizer } from "./h264.js";
import { parseRtpPacket } from "./packet.js";
import type { AccessUnit } from "./picture.js";

const sets = [sequenceParameterSet({ width: 640, height: 360 }), pictureParameterSet()];
const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
/** The 2x2 picture that livekit-server sends when it closes a track: its parameter sets, and its slice. */
const blank = annexB([hex("6742c01f0fd91f888884000003000400000300c83c60c920"), hex("6887cb83cb20"), hex("6588840af2628000a7be")]);

interface Rig {
  readonly depacketizer: H264Depacketizer;
  readonly units: AccessUnit[];
  readonly packetizer: H264Packetizer;
  /** Sends a frame; `drop` names packets that are lost. */
  frame(
    index: number,
    options?: { key?: boolean; size?: number; sets?: readonly Uint8Array[]; drop?: (i: number, count: number) => boolean },
  ): void;
}

function rig(options: { mode?: 0 | 1; aggregate?: boolean; maxPayload?: number; known?: readonly Uint8Array[] } = {}): Rig {
  const units: AccessUnit[] = [];
  const depacketizer = new H264Depacketizer({ onAccessUnit: (unit) => units.push(unit), parameterSets: options.known ?? [] });
  const packetizer = new H264Packetizer({ ssrc: 1, payloadType: 96, ...options });
  const frame: Rig["frame"] = (index, { key = false, size = 100, sets: own = sets, drop = () => false } = {}) => {
    const packets = packetizer.packetize(syntheticPicture({ index, key, size, sets: own }), rtpTicks(index * 3000));
    packets.forEach((bytes, i) => {
      if (drop(i, packets.length)) {
        depacketizer.lost(1);
        return;
      }
      push(depacketizer, bytes);
    });
  };
  return { depacketizer, units, packetizer, frame };
}

function push(depacketizer: H264Depacketizer, bytes: Uint8Array): void {
  const packet = parseRtpPacket(bytes, wallMs(1000));
  if (packet) depacketizer.push(packet);
}

const indices = ({ units }: Rig): (number | null)[] => units.map((unit) => pictureIndex(unit.data));

describe("access units", () => {
  const nal = fc
    .tuple(fc.constantFrom(0x41, 0x61, 0x06), fc.uint8Array({ minLength: 4, maxLength: 400 }))
    .map(([header, body]) => Uint8Array.of(header, 0x9a, ...body.map((byte) => byte | 0x10)));

  test.prop([
    fc.array(fc.array(nal, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 20, max: 300 }),
    fc.boolean(),
  ])("are the same bytes as before packing", (frames, maxPayload, aggregate) => {
    const { depacketizer, units, packetizer } = rig({ maxPayload, aggregate });
    const key = syntheticPicture({ index: 0, key: true, sets });
    const sent = [key, ...frames.map((list) => annexB([...list, Uint8Array.of(0x41, 0x9a, 0x11)]))];
    sent.forEach((frame, i) => packetizer.packetize(frame, rtpTicks(i * 3000)).forEach((bytes) => push(depacketizer, bytes)));
    expect(units.map((unit) => [...unit.data])).toEqual(sent.map((frame) => [...frame]));
    expect(units.map((unit) => unit.key)).toEqual(sent.map((_, i) => i === 0));
  });

  it("come whole in mode 0 and in mode 1, with and without aggregation", () => {
    for (const options of [{ mode: 0 }, { mode: 1 }, { mode: 1, aggregate: false }] as const) {
      const scene = rig({ ...options, maxPayload: 1000 });
      for (let i = 0; i < 5; i += 1) scene.frame(i, { key: i % 3 === 0, size: options.mode === 0 ? 900 : 5000 });
      expect(indices(scene)).toEqual([0, 1, 2, 3, 4]);
      expect(scene.units[0]?.parameters).toMatchObject({ width: 640, height: 360, codec: "avc1.42e01f" });
    }
  });

  it("are emitted when the timestamp changes, where the marker is missing", () => {
    const scene = rig();
    for (let i = 0; i < 3; i += 1) {
      for (const bytes of scene.packetizer.packetize(syntheticPicture({ index: i, key: i === 0, sets, size: 3000 }), rtpTicks(i * 3000))) {
        push(
          scene.depacketizer,
          bytes.map((byte, at) => (at === 1 ? byte & 0x7f : byte)),
        );
      }
    }
    expect(indices(scene)).toEqual([0, 1]);
  });

  it("lose their delimiters, and keep their messages", () => {
    const scene = rig();
    const [slice = new Uint8Array()] = nalUnits(syntheticPicture({ index: 4, key: true }));
    const sei = Uint8Array.of(6, 5, 1, 0x80);
    scene.packetizer
      .packetize(annexB([Uint8Array.of(9, 0xf0), ...sets, sei, slice]), rtpTicks(0))
      .forEach((bytes) => push(scene.depacketizer, bytes));
    expect(nalUnits(scene.units[0]?.data ?? new Uint8Array()).map((unit) => (unit[0] ?? 0) & 31)).toEqual([7, 8, 6, 5]);
  });
});

describe("parameter sets", () => {
  it("are put before every keyframe that comes without them", () => {
    const scene = rig();
    scene.frame(0, { key: true });
    scene.frame(1, { key: true, sets: [] });
    expect(scene.units.map((unit) => nalUnits(unit.data).map((nal) => (nal[0] ?? 0) & 31))).toEqual([
      [7, 8, 5],
      [7, 8, 5],
    ]);
  });

  it("may come from the SDP", () => {
    const scene = rig({ known: sets });
    scene.frame(0, { key: true, sets: [] });
    expect(scene.units[0]?.parameters).toMatchObject({ width: 640 });
  });

  it("that are unknown make a keyframe useless", () => {
    const scene = rig();
    scene.frame(0, { key: true, sets: [] });
    scene.frame(1);
    expect(scene.units).toEqual([]);
    expect(scene.depacketizer.dropped).toBe(2);
    expect(scene.depacketizer.needsKey).toBe(true);
  });

  it("of an older size are not put before a newer picture", () => {
    const scene = rig();
    scene.frame(0, { key: true });
    scene.frame(1, { key: true, sets: [sequenceParameterSet({ width: 1280, height: 720, id: 0 }), pictureParameterSet()] });
    scene.frame(2, { key: true, sets: [] });
    expect(scene.units.map((unit) => unit.parameters?.width)).toEqual([640, 1280, 1280]);
    expect(nalUnits(scene.units[2]?.data ?? new Uint8Array())).toHaveLength(3);
  });
});

describe("a loss", () => {
  it("drops everything up to the next keyframe, and says how much was lost", () => {
    const scene = rig();
    scene.frame(0, { key: true, size: 5000 });
    scene.frame(1, { size: 5000, drop: (i) => i === 2 });
    scene.frame(2);
    scene.frame(3, { key: true, size: 5000 });
    expect(indices(scene)).toEqual([0, 3]);
    expect(scene.units[1]?.loss).toEqual({ packets: 1, timestamp: 3000, blank: false });
    expect(scene.units[0]?.loss).toBeNull();
  });

  it("of a whole frame is noticed at the next", () => {
    const scene = rig();
    scene.frame(0, { key: true });
    scene.frame(1, { drop: () => true });
    scene.frame(2);
    scene.frame(3, { key: true });
    expect(indices(scene)).toEqual([0, 3]);
    expect(scene.units[1]?.loss).toEqual({ packets: 1, timestamp: 6000, blank: false });
  });

  it("of the packet with the parameter sets makes the keyframe useless: they may have been new", () => {
    const scene = rig({ maxPayload: 200 });
    scene.frame(0, { key: true, size: 1000 });
    scene.frame(1, { key: true, size: 1000, drop: (i) => i === 0 });
    scene.frame(2, { key: true, size: 1000 });
    expect(indices(scene)).toEqual([0, 2]);
  });

  test.prop([
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 20, max: 3000 }), fc.array(fc.nat(3), { maxLength: 2 })), {
      minLength: 1,
      maxLength: 25,
    }),
  ])("never lets an incomplete or undecodable frame through", (pattern) => {
    const scene = rig({ maxPayload: 900 });
    const intact = pattern.map(([key, size, lost], i) => {
      let complete = true;
      scene.frame(i, {
        key,
        size,
        drop: (packet) => {
          if (!lost.includes(packet)) return false;
          complete = false;
          return true;
        },
      });
      return complete;
    });
    let decodable = false;
    const allowed = pattern.flatMap(([key], i) => {
      decodable = (intact[i] ?? false) && (key || decodable);
      return decodable ? [i] : [];
    });
    const got = indices(scene);
    expect(allowed).toEqual(expect.arrayContaining(got));
    for (const unit of scene.units) expect(unit.data.length).toBe(unitSize(pattern[pictureIndex(unit.data) ?? -1]?.[1] ?? 0, unit.key));
  });
});

const unitSize = (slice: number, key: boolean): number =>
  Math.max(slice, 12) + 4 + (key ? sets.reduce((sum, set) => sum + set.length + 4, 0) : 0);

describe("a blank keyframe", () => {
  it("is dropped with all that follows, and its parameter sets are forgotten", () => {
    const scene = rig();
    scene.frame(0, { key: true });
    scene.packetizer.packetize(blank, rtpTicks(3000)).forEach((bytes) => push(scene.depacketizer, bytes));
    scene.frame(2);
    scene.frame(3, { key: true, sets: [] });
    scene.frame(4, { key: true });
    expect(indices(scene)).toEqual([0, 4]);
    expect(scene.depacketizer.blanks).toBe(1);
    expect(scene.units[1]?.loss).toMatchObject({ packets: 0, blank: true });
  });
});

test.prop([
  fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.boolean(), fc.integer({ min: 0, max: 3 })), { maxLength: 40 }),
])("any payloads are survived, and what is emitted is Annex B", (payloads) => {
  const { depacketizer, units } = rig();
  for (const [body, marker, timestamp] of payloads) {
    const header = Uint8Array.of(0x80, (marker ? 0x80 : 0) | 96, 0, 0, 0, 0, 0, timestamp, 0, 0, 0, 1);
    push(depacketizer, Uint8Array.of(...header, ...body));
  }
  for (const unit of units) expect([...unit.data.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
});
