/** A film's frames as RTP payloads, cut once and shared by all publishers of that film. */
import { rtpTicks } from "@livekit-replay/contract";
import { H264Packetizer } from "@livekit-replay/media/testing";
import type { Film } from "../film/model.js";

/** For every frame of the film, the payloads of its packets (RFC 6184). */
export type FilmPayloads = readonly (readonly Uint8Array[])[];

const HEADER = 12;
const cut = new WeakMap<Film, FilmPayloads>();

/** The payloads of a film; cut at the first call. */
export function payloadsOf(film: Film): FilmPayloads {
  const known = cut.get(film);
  if (known) return known;
  const packetizer = new H264Packetizer({ ssrc: 0, payloadType: 0 });
  const payloads = film.frames.map((frame) => packetizer.packetize(frame.data, rtpTicks(0)).map((packet) => packet.subarray(HEADER)));
  cut.set(film, payloads);
  return payloads;
}
