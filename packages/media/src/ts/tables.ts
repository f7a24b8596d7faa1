/** The two tables that say what a transport stream holds (ISO/IEC 13818-1, 2.4.4): which PID has the programme's map, and which PIDs have picture and sound. */
import { MediaFormatError } from "../segment/error.js";
import { Cursor } from "../segment/parse.js";

/** Stream types (table 2-34) of the two codecs that egress writes. */
const H264 = 0x1b;
const AAC_ADTS = 0x0f;

/** PIDs of the elementary streams. */
export interface ProgramMap {
  readonly video: number;
  readonly audio: number | null;
}

/** A table within one packet: what lies between the section's header and its checksum. */
function sectionOf(payload: Uint8Array, tableId: number, what: string): Cursor {
  const cursor = new Cursor(payload, { start: 0, end: payload.length }, what);
  cursor.skip(cursor.u8());
  if (cursor.u8() !== tableId) throw new MediaFormatError("foreign", `${what} is another table`);
  const length = cursor.u16() & 0x0fff;
  if (length < 9 || length > cursor.left) throw new MediaFormatError("malformed", `${what} does not fit its packet`);
  const section = new Cursor(payload, { start: cursor.at, end: cursor.at + length - 4 }, what);
  section.skip(5);
  return section;
}

/** The PID of the programme map, from a packet of PID 0. @throws MediaFormatError when there is not exactly one programme. */
export function readAssociation(payload: Uint8Array): number {
  const section = sectionOf(payload, 0, "the programme association");
  const maps: number[] = [];
  while (section.left >= 4) {
    const program = section.u16();
    const pid = section.u16() & 0x1fff;
    if (program !== 0) maps.push(pid);
  }
  const [pid, ...others] = maps;
  if (pid === undefined || others.length > 0) throw new MediaFormatError("foreign", "the transport stream must have one programme");
  return pid;
}

/** The streams of a programme, from a packet of its map. @throws MediaFormatError when it has no H.264 picture, or two of a kind. */
export function readProgramMap(payload: Uint8Array): ProgramMap {
  const section = sectionOf(payload, 2, "the programme map");
  section.skip(2);
  section.skip(section.u16() & 0x0fff);
  const found = new Map<number, number>();
  while (section.left >= 5) {
    const type = section.u8();
    const pid = section.u16() & 0x1fff;
    section.skip(section.u16() & 0x0fff);
    if (found.has(type)) throw new MediaFormatError("foreign", "the programme has two streams of a kind");
    found.set(type, pid);
  }
  const video = found.get(H264);
  if (video === undefined) throw new MediaFormatError("foreign", "the programme has no H.264 picture");
  return { video, audio: found.get(AAC_ADTS) ?? null };
}
