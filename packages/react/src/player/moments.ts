/** Which moments a running share's picture shows: positions on the media element's timeline and wall time. Gaps of the buffer take no media time, so the two do not run alike. */

/** A piece of media: from `startS` on (seconds on the element's timeline) it shows what was to be seen from `atMs` on (wall time). */
export interface MediaPiece {
  readonly startS: number;
  readonly durationS: number;
  readonly atMs: number;
}

/** A piece of a playlist, as hls.js tells of it. */
interface Fragment {
  readonly start: number;
  readonly duration: number;
  readonly programDateTime: number | null;
}

/** Further apart than this, one piece does not go on where the other ends. */
const SAME_MS = 100;

/** The pieces of a playlist; those that follow each other without a gap are one. */
export const piecesOf = (fragments: readonly Fragment[]): MediaPiece[] => {
  const pieces: MediaPiece[] = [];
  for (const { start, duration, programDateTime } of fragments) {
    if (programDateTime === null) continue;
    const last = pieces.at(-1);
    const follows = last !== undefined && Math.abs(last.atMs + (start - last.startS) * 1000 - programDateTime) < SAME_MS;
    if (follows) pieces[pieces.length - 1] = { ...last, durationS: start + duration - last.startS };
    else pieces.push({ startS: start, durationS: duration, atMs: programDateTime });
  }
  return pieces;
};

/** Which moment is shown at a position; undefined where the playlist does not tell. */
export const momentAt = (pieces: readonly MediaPiece[], positionS: number): number | undefined => {
  const piece = pieces.findLast(({ startS }) => startS <= positionS + 0.001) ?? pieces[0];
  if (piece === undefined) return undefined;
  return piece.atMs + Math.min(Math.max(0, positionS - piece.startS), piece.durationS) * 1000;
};

/** Where a moment is shown. In a gap: where the picture goes on after it. */
export const positionOf = (pieces: readonly MediaPiece[], atMs: number): number | undefined => {
  const index = pieces.findLastIndex((piece) => piece.atMs <= atMs);
  const piece = pieces[index] ?? pieces[0];
  if (piece === undefined) return undefined;
  const intoS = (atMs - piece.atMs) / 1000;
  const next = pieces[index + 1];
  if (intoS > piece.durationS && next !== undefined) return next.startS;
  return piece.startS + Math.min(Math.max(0, intoS), piece.durationS);
};
