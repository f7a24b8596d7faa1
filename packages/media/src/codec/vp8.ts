/** VP8 frame headers (RFC 6386, 9.1), as far as receiving needs them. Hostile bytes give null. */

/** What the header of a frame says. */
export interface Vp8Frame {
  readonly key: boolean;
  /** Picture size in pixels; 0 but in keyframes, which alone say it. */
  readonly width: number;
  readonly height: number;
}

/** Reads the beginning of a frame. Null when it makes no sense: too short, a reserved version, a keyframe without its start code or size. */
export function parseVp8Frame(data: Uint8Array): Vp8Frame | null {
  const [tag = 0xff, , , code0, code1, code2, width0 = 0, width1 = 0, height0 = 0, height1 = 0] = data;
  if (data.length < 4 || ((tag >> 1) & 7) > 3) return null;
  if ((tag & 1) === 1) return { key: false, width: 0, height: 0 };
  if (data.length < 10 || code0 !== 0x9d || code1 !== 0x01 || code2 !== 0x2a) return null;
  // The two bits above each size only tell a player to scale.
  const width = ((width1 & 0x3f) << 8) | width0;
  const height = ((height1 & 0x3f) << 8) | height0;
  return width > 0 && height > 0 ? { key: true, width, height } : null;
}
