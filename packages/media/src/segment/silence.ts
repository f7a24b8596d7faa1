/** Silence for holes in sound that only become known when segments are cut or joined (the recorder fills its own as it goes), in ticks of 1/48000 s. */
import { type Micros, micros } from "@livekit-replay/contract";
import { opusSilence } from "../codec/opus.js";
import { audioTicks } from "./layout.js";

/** A packet and how long it sounds. */
export interface SilentPacket {
  readonly ticks: number;
  readonly data: Uint8Array;
}

/** The shortest Opus packet: 2.5 ms (RFC 6716, 2.1.4). Holes are filled in steps of it. */
export const SILENCE_STEP_TICKS = 120;

const spanOf = (steps: number): Micros => micros(steps * 2500);

/** The fewest packets that sound for at least `ticks`: the last step is rounded up, so up to 2.5 ms more. Mono: a decoder of either setup takes it. */
export function silence(ticks: number): readonly SilentPacket[] {
  const packets: SilentPacket[] = [];
  let steps = Math.ceil(ticks / SILENCE_STEP_TICKS);
  while (steps > 0) {
    const packet = opusSilence(spanOf(steps), 1);
    if (!packet) throw new Error("there must be a silent packet of one step");
    packets.push({ ticks: audioTicks(packet.duration), data: packet.data });
    steps -= packet.duration / spanOf(1);
  }
  return packets;
}
