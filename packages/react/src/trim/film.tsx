/** The film that the part is chosen on: pictures of the target side by side, each at its time. */
import type { StripImage } from "@livekit-replay/client";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type CSSProperties, type ReactElement, type RefObject } from "react";
import type { Bounds } from "./frames.js";
import type { TrimSource } from "./source.js";

/** Pictures that are asked for: more than there is room for, so that each place has one that is near. */
const COUNT = 60;
/** Where pictures are still being made: asked for again after so long. */
const AGAIN_MS = 3000;
const MOST_TRIES = 5;

interface Row {
  readonly url: string;
  readonly atMs: readonly number[];
}

/** Pictures as an address that lives as long as the component. Without pictures the film is plain: everything else works. */
const usePictures = (source: TrimSource, view: Bounds, reset: string): Row | undefined => {
  const [row, setRow] = useState<Row | undefined>(undefined);
  const ask = useEffectEvent((signal: AbortSignal): Promise<StripImage> => source.pictures(view, COUNT, signal));
  useEffect(() => {
    const ending = new AbortController();
    let url: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async (tries: number): Promise<void> => {
      try {
        const { image, atMs } = await ask(ending.signal);
        if (ending.signal.aborted) return;
        url = URL.createObjectURL(image);
        setRow({ url, atMs });
      } catch {
        if (!ending.signal.aborted && tries < MOST_TRIES) timer = setTimeout(() => void load(tries + 1), AGAIN_MS);
      }
    };
    void load(1);
    return () => {
      ending.abort();
      clearTimeout(timer);
      if (url !== undefined) URL.revokeObjectURL(url);
      setRow(undefined);
    };
  }, [reset]);
  return row;
};

/** How many pictures of 16:9 lie side by side in an element. */
const useCells = (place: RefObject<HTMLElement | null>): number => {
  const [cells, setCells] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { width, height } = element.getBoundingClientRect();
      if (height > 0) setCells(Math.max(1, Math.round((width * 9) / (height * 16))));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [place]);
  return cells;
};

/** The last picture that is shown at an instant. */
const pictureAt = (atMs: readonly number[], ms: number): number =>
  Math.max(
    0,
    atMs.findLastIndex((at) => at <= ms),
  );

/** The pictures. They have no name of their own: what lies over them says what is chosen. */
export const Film = ({ source, view, id }: { readonly source: TrimSource; readonly view: Bounds; readonly id: string }): ReactElement => {
  const row = usePictures(source, view, id);
  const place = useRef<HTMLDivElement>(null);
  const cells = useCells(place);
  const lengthMs = view.toMs - view.fromMs;
  return (
    <div ref={place} className="replay-trim-film" aria-hidden="true" data-empty={row === undefined || undefined}>
      {row !== undefined &&
        Array.from({ length: cells }, (_, cell) => {
          const picture = pictureAt(row.atMs, view.fromMs + ((cell + 0.5) / cells) * lengthMs);
          const last = Math.max(1, row.atMs.length - 1);
          const style: CSSProperties = {
            backgroundImage: `url("${row.url}")`,
            backgroundSize: `${row.atMs.length * 100}% 100%`,
            backgroundPosition: `${(picture / last) * 100}% 0`,
          };
          return (
            <span key={cell}>
              <span style={style} />
            </span>
          );
        })}
    </div>
  );
};
