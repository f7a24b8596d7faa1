/** VP8, VP9 and AV1 frames out of RTP: every way of packing, losses, blank keyframes, layers, and any bytes. */
import { rtpTicks, wallMs } from "@livekit-replay/contract";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { lowOverhead, obusOf, obuType } from "../codec/obu.js";
import { vp9Superframe } from "../codec/vp9.js";
import {
  Av1Packetizer,
  frameIndex,
  syntheticAv1,
  type SyntheticFrame,
  syntheticFrames,
  syntheticVp8,
  syntheticVp9,
  Vp8Packetizer,
  Vp9Packetizer,
} from "../testing/index.js";
import { videoDepacketizer } from "./depacketizer.js";
import { parseRtpPacket } from "./packet.js";
import type { AccessUnit, VideoDepacketizer } from "./picture.js";

type Kind = keyof typeof syntheticFrames;

const kinds: readonly Kind[] = ["vp8", "vp9", "av1"];

/** What the packets of a stream look like. */
interface Packing {
  readonly maxPayload?: number;
  readonly pictureId?: "none" | "short" | "long";
  /** VP8: temporal layers; VP9: flexible mode; AV1: counted elements. */
  readonly other?: boolean;
}

interface Rig {
  readonly depacketizer: VideoDepacketizer;
  readonly units: AccessUnit[];
  /** Packets of a frame. */
  readonly pack: (data: Uint8Array, index: number) => Uint8Array[];
  /** Sends a synthetic frame; `drop` names packets that are lost. */
  readonly frame: (frame: SyntheticFrame, drop?: (i: number, count: number) => boolean) => void;
}

function packer(kind: Kind, { maxPayload = 1180, pictureId = "long", other = true }: Packing): Rig["pack"] {
  const stream = { ssrc: 1, payloadType: 96, maxPayload };
  const packetizer = {
    vp8: () => new Vp8Packetizer({ ...stream, pictureId, layers: other }),
    vp9: () => new Vp9Packetizer({ ...stream, flexible: other, ...(pictureId === "none" ? {} : { sizes: [{ width: 640, height: 360 }] }) }),
    av1: () => new Av1Packetizer({ ...stream, counted: other }),
  }[kind]();
  return (data, index) => packetizer.packetize(data, rtpTicks(index * 3000));
}

function rig(kind: Kind, packing: Packing = {}): Rig {
  const units: AccessUnit[] = [];
  const depacketizer = videoDepacketizer(kind, { onAccessUnit: (unit) => units.push(unit) });
  const pack = packer(kind, packing);
  const frame: Rig["frame"] = (picture, drop = () => false) => {
    const packets = pack(syntheticFrames[kind](picture), picture.index);
    packets.forEach((bytes, i) => (drop(i, packets.length) ? depacketizer.lost(1) : push(depacketizer, bytes)));
  };
  return { depacketizer, units, pack, frame };
}

function push(depacketizer: VideoDepacketizer, bytes: Uint8Array): void {
  const packet = parseRtpPacket(bytes, wallMs(1000));
  if (packet) depacketizer.push(packet);
}

const indices = ({ units }: Rig): (number | null)[] => units.map((unit) => frameIndex(unit.data));

/** What MP4 holds of a frame: AV1 without its delimiter. */
function kept(kind: Kind, data: Uint8Array): Uint8Array {
  return kind === "av1" ? lowOverhead((obusOf(data) ?? []).filter(({ type }) => type !== obuType.delimiter)) : data;
}

const anyPacking = fc.record({
  maxPayload: fc.integer({ min: 20, max: 300 }),
  pictureId: fc.constantFrom<"none" | "short" | "long">("none", "short", "long"),
  other: fc.boolean(),
});

describe.each(kinds)("frames of %s", (kind) => {
  test.prop([anyPacking, fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 30, max: 2000 })), { minLength: 1, maxLength: 8 })])(
    "are the same bytes as before packing",
    (packing, frames) => {
      const scene = rig(kind, packing);
      const pictures = frames.map(([key, size], index) => ({ index, key: key || index === 0, size }));
      for (const picture of pictures) scene.frame(picture);
      expect(scene.units.map((unit) => [...unit.data])).toEqual(pictures.map((picture) => [...kept(kind, syntheticFrames[kind](picture))]));
      expect(scene.units.map((unit) => unit.key)).toEqual(pictures.map(({ key }) => key));
      expect(scene.depacketizer.dropped).toBe(0);
    },
  );

  test.prop([
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 30, max: 3000 }), fc.array(fc.nat(3), { maxLength: 2 })), {
      minLength: 1,
      maxLength: 25,
    }),
    anyPacking,
  ])("never come incomplete or undecodable, whatever is lost", (pattern, packing) => {
    const scene = rig(kind, { ...packing, maxPayload: packing.maxPayload + 500 });
    const intact = pattern.map(([key, size, lost], index) => {
      let complete = true;
      scene.frame({ index, key, size }, (packet) => {
        if (!lost.includes(packet)) return false;
        complete = false;
        return true;
      });
      return complete;
    });
    let decodable = false;
    const allowed = pattern.flatMap(([key], i) => {
      decodable = (intact[i] ?? false) && (key || decodable);
      return decodable ? [i] : [];
    });
    expect(indices(scene)).toEqual(allowed);
    for (const { data, key } of scene.units) {
      const index = frameIndex(data) ?? -1;
      expect(data).toEqual(kept(kind, syntheticFrames[kind]({ index, key, size: pattern[index]?.[1] ?? 0 })));
    }
  });

  it("say size and codec at each keyframe", () => {
    const scene = rig(kind);
    scene.frame({ index: 0, key: true, width: 1920, height: 1080 });
    scene.frame({ index: 1, key: false });
    scene.frame({ index: 2, key: true, width: 1280, height: 720 });
    const codecs = { vp8: ["vp8", "vp8"], vp9: ["vp09.00.41.08", "vp09.00.31.08"], av1: ["av01.0.08M.08", "av01.0.08M.08"] }[kind];
    expect(
      scene.units.map(({ parameters }) => parameters && [parameters.kind, parameters.codec, parameters.width, parameters.height]),
    ).toEqual([[kind, codecs[0], 1920, 1080], null, [kind, codecs[1], 1280, 720]]);
    expect(scene.units[0]?.parameters?.setup).toBe(scene.units[2]?.parameters?.setup);
  });

  it("say how much was lost before them", () => {
    const scene = rig(kind);
    scene.frame({ index: 0, key: true, size: 5000 });
    scene.frame({ index: 1, key: false, size: 5000 }, (i) => i === 2 || i === 3);
    expect(scene.depacketizer.needsKey).toBe(true);
    scene.frame({ index: 2, key: false });
    scene.frame({ index: 3, key: true, size: 5000 });
    expect(indices(scene)).toEqual([0, 3]);
    expect(scene.units.map(({ loss }) => loss)).toEqual([null, { packets: 2, timestamp: 3000, blank: false }]);
  });

  it("are emitted when the timestamp changes, where the marker is missing", () => {
    const scene = rig(kind);
    for (let index = 0; index < 3; index += 1) {
      for (const bytes of scene.pack(syntheticFrames[kind]({ index, key: index === 0, size: 3000 }), index))
        push(
          scene.depacketizer,
          bytes.map((byte, at) => (at === 1 ? byte & 0x7f : byte)),
        );
    }
    expect(indices(scene)).toEqual([0, 1]);
  });

  it("are collected from a known beginning", () => {
    const scene = rig(kind);
    const packets = scene.pack(syntheticFrames[kind]({ index: 0, key: true, size: 5000 }), 0);
    packets.slice(0, 2).forEach((bytes) => push(scene.depacketizer, bytes));
    expect(scene.depacketizer.collectingKeySince).toBe(1000);
    packets.slice(2).forEach((bytes) => push(scene.depacketizer, bytes));
    expect(scene.depacketizer.collectingKeySince).toBeNull();
  });

  test.prop([
    fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.boolean(), fc.integer({ min: 0, max: 3 })), { maxLength: 40 }),
  ])("survive any payload, and are never empty", (payloads) => {
    const { depacketizer, units } = rig(kind);
    for (const [body, marker, timestamp] of payloads) {
      const header = Uint8Array.of(0x80, (marker ? 0x80 : 0) | 96, 0, 0, 0, 0, 0, timestamp, 0, 0, 0, 1);
      push(depacketizer, Uint8Array.of(...header, ...body));
    }
    for (const unit of units) expect(unit.data.length).toBeGreaterThan(0);
  });
});

describe("a blank keyframe", () => {
  it("of VP8 is dropped with all that follows", () => {
    const scene = rig("vp8");
    scene.frame({ index: 0, key: true });
    scene.frame({ index: 1, key: true, width: 8, height: 8 });
    scene.frame({ index: 2, key: false });
    scene.frame({ index: 3, key: true });
    expect(indices(scene)).toEqual([0, 3]);
    expect(scene.depacketizer.blanks).toBe(1);
    expect(scene.units[1]?.loss).toMatchObject({ packets: 0, blank: true });
  });
});

describe("spatial layers of VP9", () => {
  const sizes = [
    { width: 320, height: 180 },
    { width: 640, height: 360 },
    { width: 1280, height: 720 },
  ];
  const layersOf = (index: number, key: boolean): Uint8Array[] =>
    sizes.map(({ width, height }, layer) =>
      syntheticVp9({ index: index * 10 + layer, key: key && layer === 0, width, height, size: 200 + 300 * layer }),
    );

  it("stay together as one superframe, of the highest one's size", () => {
    const scene = rig("vp9");
    const packetizer = new Vp9Packetizer({ ssrc: 1, payloadType: 96, sizes, maxPayload: 250 });
    for (const [index, key] of [true, false].entries())
      packetizer.packetize(layersOf(index, key), rtpTicks(index * 3000)).forEach((bytes) => push(scene.depacketizer, bytes));
    expect(scene.units.map(({ data }) => data)).toEqual([vp9Superframe(layersOf(0, true)), vp9Superframe(layersOf(1, false))]);
    expect(scene.units[0]?.parameters).toMatchObject({ width: 1280, height: 720 });
  });

  it("are one frame where only the lowest is sent", () => {
    const scene = rig("vp9");
    const packetizer = new Vp9Packetizer({ ssrc: 1, payloadType: 96, sizes });
    const [lowest = new Uint8Array()] = layersOf(0, true);
    packetizer.packetize([lowest], rtpTicks(0)).forEach((bytes) => push(scene.depacketizer, bytes));
    expect(scene.units.map(({ data }) => data)).toEqual([lowest]);
    expect(scene.units[0]?.parameters).toMatchObject({ width: 320, height: 180 });
  });

  it("make the picture useless when a packet of one is lost", () => {
    const scene = rig("vp9");
    const packetizer = new Vp9Packetizer({ ssrc: 1, payloadType: 96, sizes, maxPayload: 250 });
    const packets = packetizer.packetize(layersOf(0, true), rtpTicks(0));
    packets.forEach((bytes, i) => (i === 2 ? scene.depacketizer.lost(1) : push(scene.depacketizer, bytes)));
    expect(scene.units).toEqual([]);
  });
});

describe("the sequence header of AV1", () => {
  it("is put before a keyframe that comes without it", () => {
    const scene = rig("av1");
    scene.frame({ index: 0, key: true });
    scene.frame({ index: 1, key: true, hasSequence: false });
    expect(scene.units.map(({ data }) => (obusOf(data) ?? []).map(({ type }) => type))).toEqual([
      [obuType.sequence, obuType.frame],
      [obuType.sequence, obuType.frame],
    ]);
  });

  it("that is unknown makes a keyframe useless", () => {
    const scene = rig("av1");
    scene.frame({ index: 0, key: true, hasSequence: false });
    expect(scene.units).toEqual([]);
    expect(scene.depacketizer.dropped).toBe(1);
  });

  it("that was lost with its packet is not replaced by an older one: it may have been new", () => {
    const scene = rig("av1", { maxPayload: 200 });
    scene.frame({ index: 0, key: true, size: 1000 });
    scene.frame({ index: 1, key: true, size: 1000 }, (i) => i === 0);
    scene.frame({ index: 2, key: true, size: 1000 });
    expect(indices(scene)).toEqual([0, 2]);
  });

  it("is of no use for another stream", () => {
    const scene = rig("av1");
    scene.frame({ index: 0, key: true });
    scene.depacketizer.reset();
    scene.frame({ index: 1, key: true, hasSequence: false });
    expect(indices(scene)).toEqual([0]);
  });
});

it("spatial layers of AV1 stay together, of the size that the sequence says", () => {
  const scene = rig("av1");
  const [delimiter, sequence, lower] = obusOf(syntheticAv1({ index: 0, key: true, width: 1280, height: 720 })) ?? [];
  if (!delimiter || !sequence || !lower) throw new Error("a keyframe has three units");
  const layers = [
    { ...lower, header: Uint8Array.of(0x34, 0) },
    { ...lower, header: Uint8Array.of(0x34, 0x08), payload: new Uint8Array(60).fill(0x30) },
  ];
  scene.pack(lowOverhead([delimiter, sequence, ...layers]), 0).forEach((bytes) => push(scene.depacketizer, bytes));
  expect(scene.units.map(({ data }) => data)).toEqual([lowOverhead([sequence, ...layers])]);
  expect(scene.units[0]?.parameters).toMatchObject({ width: 1280, height: 720 });
});

it("a VP8 frame whose packet lacks its descriptor is dropped", () => {
  const scene = rig("vp8");
  const [bytes = new Uint8Array()] = scene.pack(syntheticVp8({ index: 0, key: true }), 0);
  push(scene.depacketizer, bytes.slice(0, 15));
  expect(scene.units).toEqual([]);
  expect(scene.depacketizer.dropped).toBe(1);
});

it("OBUs that MP4 has no place for are left out", () => {
  const scene = rig("av1");
  const padded = lowOverhead([
    ...(obusOf(syntheticAv1({ index: 0, key: true })) ?? []),
    { type: obuType.padding, header: Uint8Array.of(0x78), payload: new Uint8Array(20) },
  ]);
  scene.pack(padded, 0).forEach((bytes) => push(scene.depacketizer, bytes));
  expect((obusOf(scene.units[0]?.data ?? padded) ?? []).map(({ type }) => type)).toEqual([obuType.sequence, obuType.frame]);
});
