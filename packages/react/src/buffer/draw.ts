/** Draws the pictures along a strip: frames of even width that move with their moments, as on film. */
import { instantAt, type StripLayout } from "./layout.js";
import { PICTURE_REACH_MS, pictureAt, type Picture } from "./pictures.js";

/** Between two frames, in CSS pixels. */
const GAP_PX = 2;
/** A hair of a frame at the strip's edge is not worth drawing. */
const LEAST_PX = 0.5;

/** Where frames are drawn. Lengths in CSS pixels. */
export interface FilmPlace {
  readonly width: number;
  readonly height: number;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
  readonly rtl: boolean;
  /** Between frames: the colour of the film. */
  readonly film: string;
}

/** One frame of the film: its place, and the instant in its middle. */
export interface Frame {
  readonly x: number;
  readonly width: number;
  readonly middleMs: number;
}

/** The frames that are on a strip, left to right. They stay on their moments: as time passes, they move. */
export const framesOf = (
  layout: StripLayout,
  { width, height, rtl }: Pick<FilmPlace, "width" | "height" | "rtl">,
  aspect: number,
): Frame[] => {
  const frameWidth = Math.max(8, height * aspect + GAP_PX);
  const scaleMs = layout.endMs - layout.startMs;
  const frameMs = (frameWidth / width) * scaleMs;
  if (!(frameMs > 0) || !Number.isFinite(frameMs)) return [];
  const frames: Frame[] = [];
  for (let number = Math.floor(layout.startMs / frameMs); number * frameMs < layout.endMs; number += 1) {
    const start = ((number * frameMs - layout.startMs) / scaleMs) * width;
    frames.push({ x: rtl ? width - start - frameWidth : start, width: frameWidth, middleMs: (number + 0.5) * frameMs });
  }
  return rtl ? frames.toReversed() : frames;
};

const aspectOf = (pictures: readonly Picture[]): number => {
  const [first] = pictures;
  return first === undefined ? 16 / 9 : first.width / first.height;
};

/** Draws one picture into a box. */
export const drawPicture = (
  context: CanvasRenderingContext2D,
  picture: Picture,
  box: { x: number; y: number; width: number; height: number },
): void => {
  const { sprite, x, width, height } = picture;
  context.drawImage(sprite.image, x, 0, width, height, box.x, box.y, box.width, box.height);
};

/** Draws what is kept, and nothing beyond it; where no picture is known the film stays as it is. */
export const drawFilm = (context: CanvasRenderingContext2D, layout: StripLayout, pictures: readonly Picture[], place: FilmPlace): void => {
  const { width, height, ratio, rtl, film } = place;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const { kept } = layout;
  if (kept === undefined || pictures.length === 0) return;
  const [left, right] = rtl ? [1 - kept.to, 1 - kept.from] : [kept.from, kept.to];
  if ((right - left) * width < LEAST_PX) return;
  context.save();
  context.beginPath();
  context.rect(left * width, 0, (right - left) * width, height);
  context.clip();
  for (const frame of framesOf(layout, place, aspectOf(pictures))) {
    const nearMs = PICTURE_REACH_MS + (instantAt(layout, frame.width / width) - layout.startMs) / 2;
    const picture = pictureAt(pictures, Math.min(frame.middleMs, layout.endMs), nearMs);
    if (picture === undefined) continue;
    context.fillStyle = film;
    context.fillRect(frame.x, 0, frame.width, height);
    drawPicture(context, picture, { x: frame.x + GAP_PX / 2, y: 0, width: frame.width - GAP_PX, height });
  }
  context.restore();
};
