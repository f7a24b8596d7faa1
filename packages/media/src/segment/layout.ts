/** How a segment is laid out, shared by what writes it (`fragment`, `mux`, `cut`) and what reads it (`describe`). */

/** Video media time is in µs, so that no PTS is ever rounded. */
export const VIDEO_TIMESCALE = 1_000_000;
/** Opus in MP4 has 48000 ("Encapsulation of Opus in ISO Base Media File Format", 4.3). */
export const AUDIO_TIMESCALE = 48_000;
/** Track number of the picture in every init, segment and MP4. */
export const VIDEO_TRACK = 1;
/** Track number of the sound, where there is some. */
export const AUDIO_TRACK = 2;

/** Top-level boxes in their order. */
export const SEGMENT_BOXES = ["styp", "prft", "uuid", "moof", "mdat"] as const;

/** `prft` flags 24: the wall time has a small constant offset to when the picture was taken (ISO/IEC 14496-12:2020, 8.16.5). */
export const PRFT_FLAGS = 24;

/** `tfhd`: default-base-is-moof and a default for the sample flags (8.8.7). */
export const TFHD_FLAGS = 0x020020;
/** `trun`: data offset, then duration and size of each sample (8.8.8). */
export const TRUN_FLAGS = 0x000301;
/** The same with flags of each sample, for video. */
export const TRUN_FLAGS_WITH_KEYS = 0x000701;

/** Sample flags (8.8.3.1): needs no other sample. */
export const KEY_SAMPLE = 0x02000000;
/** Needs another sample, and nothing can start here. */
export const OTHER_SAMPLE = 0x01010000;

/** The tick of 1/48000 s nearest to a time or duration in µs. */
export const audioTicks = (micros: number): number => Math.round((micros * 48) / 1000);
