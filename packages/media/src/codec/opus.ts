/** Opus packets: how long they last (RFC 6716, 3.1), and silence to put where there is no sound. */
import { type Micros, micros, type RtpTicks, rtpTicks } from "@livekit-replay/contract";

/** Opus counts time at 48 kHz whatever it encodes (RFC 7587, 4.1). */
const opusClockRate = 48_000;

/** The shortest Opus frame, and so the grain of silence: 2.5 ms. */
export const opusGrain: Micros = micros(2500);

const maxTicks = (opusClockRate * 120) / 1000;

/** Ticks of one frame by the TOC byte's configuration number (RFC 6716, table 2). */
function frameTicks(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] ?? 0;
  if (config < 16) return [480, 960][config & 1] ?? 0;
  return [120, 240, 480, 960][config & 3] ?? 0;
}

/** The duration of an Opus packet in ticks of 48 kHz, or null when it is malformed (no frame, or over 120 ms; RFC 6716, 3.4). */
export function opusTicks(packet: Uint8Array): RtpTicks | null {
  const toc = packet[0];
  if (toc === undefined) return null;
  const frames = frameCount(packet, toc & 3);
  const ticks = frames * frameTicks(toc >> 3);
  return ticks > 0 && ticks <= maxTicks ? rtpTicks(ticks) : null;
}

function frameCount(packet: Uint8Array, code: number): number {
  if (code === 0) return 1;
  if (code < 3) return 2;
  return (packet[1] ?? 0) & 0x3f;
}

/** A duration in ticks of 48 kHz as media time. Exact for whole frames: 120 ticks are 2500 µs. */
export const opusTicksToMicros = (ticks: number): Micros => micros((ticks * 125) / 6);

/** One packet of silence and how long it lasts. */
export interface OpusSilence {
  readonly duration: Micros;
  readonly data: Uint8Array;
}

/**
 * CELT, full band, one frame: configurations 28 to 31. The two bytes behind the TOC say "silence" to the range decoder
 * (RFC 6716, 4.3: the silence flag comes first); an empty frame would be concealed instead: the last sound drawn out.
 */
const silence = (config: number, duration: number, channels: 1 | 2): OpusSilence => ({
  duration: micros(duration),
  data: Uint8Array.of((config << 3) | (channels === 2 ? 4 : 0), 0xff, 0xfe),
});

/** Silent packets, longest first: 20, 10, 5 and 2.5 ms. */
const silences = (channels: 1 | 2): readonly OpusSilence[] => [
  silence(31, 20_000, channels),
  silence(30, 10_000, channels),
  silence(29, 5_000, channels),
  silence(28, 2_500, channels),
];

const mono = silences(1);
const stereo = silences(2);

/** The longest silent packet that lasts at most `span`; null when even the shortest (2.5 ms) lasts longer. Its bytes are shared: never change them. */
export function opusSilence(span: number, channels: 1 | 2): OpusSilence | null {
  return (channels === 2 ? stereo : mono).find((packet) => packet.duration <= span) ?? null;
}
