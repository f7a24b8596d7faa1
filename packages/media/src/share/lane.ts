/** The sound of one run, packet after packet without a hole: silence where nothing came, and small corrections where sound and picture drift apart. */
import { type Micros, micros } from "@livekit-replay/contract";
import { opusGrain, opusSilence } from "../codec/opus.js";
import type { Sample } from "../segment/gop.js";
import { audioTicks } from "../segment/layout.js";

/** An Opus packet on the sound's own timeline. */
export interface SoundPacket {
  readonly time: Micros;
  readonly duration: Micros;
  readonly data: Uint8Array;
}

interface Placed extends Sample {
  /** Null: silence. */
  readonly packet: SoundPacket | null;
}

/** Timestamps that differ less from where the last packet ended follow it: some senders round. */
const continuousMicros = 10_000;
/** Sound and picture may drift apart by this much before it is corrected, by a silent packet more or a packet less. */
const toleranceMicros = 20_000;
/** In a hole nobody hears a correction, but a report's noise is none. */
const noiseMicros = 5_000;

/** A track of Opus packets on a run's timeline, from 0 on. All times are multiples of 2.5 ms. */
export class SoundLane {
  readonly #channels: 1 | 2;
  #placed: Placed[] = [];
  #end = 0;
  /** Media time of the run minus time of the last packet. */
  #shift: number | null = null;
  #bytes = 0;
  #dropped = 0;
  #silence = 0;

  /** An empty track that starts at 0. */
  constructor(channels: 1 | 2) {
    this.#channels = channels;
  }

  /** Where the next packet goes. */
  get end(): Micros {
    return micros(this.#end);
  }

  /** Packets that are not taken yet, and their bytes. */
  get packets(): number {
    return this.#placed.length;
  }

  /** See `packets`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Packets left out: they came too late, or were one too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Silence put in so far. */
  get silence(): Micros {
    return micros(this.#silence);
  }

  /** Places the next packet; `target` is the run's media time minus the sound's own, as it should be now. Packets before 0 are left out. */
  place(packet: SoundPacket, target: number): void {
    const wanted = packet.time + target;
    const gap = this.#shift === null ? Infinity : packet.time + this.#shift - this.#end;
    if (Math.abs(gap) < continuousMicros) this.#follow(packet, wanted);
    else if (gap < 0) this.#dropped += 1;
    else
      this.#placeAfterHole(
        packet,
        this.#shift !== null && Math.abs(wanted - packet.time - this.#shift) < noiseMicros ? packet.time + this.#shift : wanted,
      );
  }

  /** Fills with silence up to `end` (rounded up to 2.5 ms). */
  fill(end: number): void {
    for (const sample of silentSamples(this.#end, end, this.#channels)) {
      this.#silence += sample.duration;
      this.#add({ ...sample, packet: null });
    }
  }

  /** Takes out the packets that start before `end`. */
  take(end: Micros): Sample[] {
    const count = this.#countBefore(end);
    const taken = this.#placed.slice(0, count).map(asSample);
    this.#placed = this.#placed.slice(count);
    for (const sample of taken) this.#bytes -= sample.data.length;
    return taken;
  }

  /** The packets that start before `end`, and silence behind them, all together exactly up to `end`. A packet that would last less than a tick of the track is left out. Nothing changes. */
  peek(end: Micros): Sample[] {
    const samples = this.#placed.slice(0, this.#countBefore(end)).map(asSample);
    samples.push(...silentSamples(this.#end, end, this.#channels));
    if (audioTicks(samples.at(-1)?.pts ?? 0) === audioTicks(end)) samples.pop();
    const last = samples.at(-1);
    if (last !== undefined && last.pts + last.duration !== end) samples[samples.length - 1] = { ...last, duration: micros(end - last.pts) };
    return samples;
  }

  /** Ends the track at `end`: takes out what starts there or later and gives back the packets that were not silence. */
  cut(end: Micros): SoundPacket[] {
    const count = this.#countBefore(end);
    const beyond = this.#placed.slice(count);
    if (beyond.length === 0) return [];
    this.#placed = this.#placed.slice(0, count);
    this.#end = beyond[0]?.pts ?? this.#end;
    for (const sample of beyond) this.#bytes -= sample.data.length;
    return beyond.flatMap((sample) => sample.packet ?? []);
  }

  /** The packet continues the last one, unless that would put it too far from where it belongs. */
  #follow(packet: SoundPacket, wanted: number): void {
    const early = wanted - this.#end;
    if (early > toleranceMicros) {
      this.#placeAfterHole(packet, wanted);
    } else if (early < -toleranceMicros) {
      this.#dropped += 1;
      this.#shift = this.#end - packet.time - packet.duration;
    } else {
      this.#put(packet);
    }
  }

  #placeAfterHole(packet: SoundPacket, wanted: number): void {
    const hole = Math.round((wanted - this.#end) / opusGrain) * opusGrain;
    if (hole < 0) {
      if (this.#end > 0) this.#dropped += 1;
      return;
    }
    this.fill(this.#end + hole);
    this.#put(packet);
  }

  #put(packet: SoundPacket): void {
    this.#shift = this.#end - packet.time;
    this.#add({ pts: micros(this.#end), duration: packet.duration, key: true, data: packet.data, packet });
  }

  #add(sample: Placed): void {
    this.#placed.push(sample);
    this.#bytes += sample.data.length;
    this.#end += sample.duration;
  }

  #countBefore(end: Micros): number {
    const first = this.#placed.findIndex((sample) => sample.pts >= end);
    return first < 0 ? this.#placed.length : first;
  }
}

const asSample = ({ pts, duration, key, data }: Placed): Sample => ({ pts, duration, key, data });

/** Silent packets from `from` on that reach `end` (rounded up to 2.5 ms). */
function silentSamples(from: number, end: number, channels: 1 | 2): Sample[] {
  const samples: Sample[] = [];
  for (let at = from; at < end;) {
    const silence = opusSilence(Math.ceil((end - at) / opusGrain) * opusGrain, channels);
    if (silence === null) break;
    samples.push({ pts: micros(at), duration: silence.duration, key: true, data: silence.data });
    at += silence.duration;
  }
  return samples;
}
