/** Where the cards of a list stand: as many columns as there is room for, every card as high as the others, so that nothing has to be measured and nothing moves. */
import { Layout, LayoutInfo, Rect, Size } from "react-aria-components/Virtualizer";
import type { Key, Node } from "react-stately";

/** How large letters are: what stands below a picture is as high as its lines. */
export interface CardLayoutOptions {
  readonly remPx: number;
}

/** In rem: the words below a picture, the room between cards, and how wide a card must be (on a phone two stand side by side). */
const WORDS = 4.5;
const GAP = { across: 1.25, down: 1.25 };
const LEAST = { wide: 15.5, narrow: 9.5 };
const NARROW = 36;
/** So many cards come within one picture of the screen: more are a task that is felt. The others follow with the next pictures. */
const MOST_NEW = 4;

/** Which columns and rows a width gives. */
const cardSizes = (
  widthPx: number,
  remPx: number,
): { readonly columns: number; readonly widthPx: number; readonly pitchPx: number; readonly gapPx: number } => {
  const isNarrow = widthPx < NARROW * remPx;
  const gapPx = GAP.across * remPx * (isNarrow ? 0.6 : 1);
  const columns = Math.max(1, Math.floor((widthPx + gapPx) / ((isNarrow ? LEAST.narrow : LEAST.wide) * remPx + gapPx)));
  const cardPx = (widthPx - gapPx * (columns - 1)) / columns;
  return { columns, widthPx: cardPx, gapPx, pitchPx: Math.ceil((cardPx * 9) / 16 + (WORDS + GAP.down) * remPx) };
};

/** For React Aria's `Virtualizer`. Places are computed when they are asked for: a list of thousands costs nothing. */
export class CardLayout extends Layout<Node<unknown>, CardLayoutOptions> {
  #sizes = cardSizes(0, 16);
  #options: CardLayoutOptions = { remPx: 16 };
  /** Cards that are there. */
  #shown: ReadonlySet<Key> = new Set();
  /** How many more may come within the picture of the screen that belongs to `#frameMs`. */
  #room = MOST_NEW;
  #frameMs: CSSNumberish | null | undefined;
  #isAsked = false;
  #keys: readonly Key[] = [];
  readonly #infos = new Map<Key, LayoutInfo>();
  #collection: unknown;

  override update({ layoutOptions }: { readonly layoutOptions?: CardLayoutOptions }): void {
    if (this.virtualizer === null) return;
    const { collection, size } = this.virtualizer;
    this.#options = layoutOptions ?? this.#options;
    this.#sizes = cardSizes(size.width, this.#options.remPx);
    this.#infos.clear();
    // Not `getKeys`: that is the order in which they came.
    if (this.#collection !== collection) this.#keys = [...collection].map(({ key }) => key);
    this.#collection = collection;
  }

  /** How much of the list is in view changes nothing. */
  override shouldInvalidate(to: Rect, from: Rect): boolean {
    return to.width !== from.width;
  }

  override shouldInvalidateLayoutOptions(to: CardLayoutOptions, from: CardLayoutOptions): boolean {
    return to.remPx !== from.remPx;
  }

  override getVisibleLayoutInfos({ y, maxY }: Rect): LayoutInfo[] {
    const { columns, pitchPx } = this.#sizes;
    const [from, to] = [Math.max(0, Math.floor(y / pitchPx)) * columns, Math.max(0, Math.ceil(maxY / pitchPx)) * columns];
    const wanted = this.#keys.slice(from, to);
    const fresh = new Set(this.#take(wanted.filter((key) => !this.#shown.has(key))));
    const shown = new Set(wanted.filter((key) => this.#shown.has(key) || fresh.has(key)));
    // What has the focus stays, wherever it is.
    for (const key of this.virtualizer?.persistedKeys ?? []) shown.add(key);
    this.#shown = shown;
    return [...shown].flatMap((key) => this.getLayoutInfo(key) ?? []);
  }

  /** As many of these, beginning in their middle, as may come now. Asks for the others. */
  #take(keys: readonly Key[]): readonly Key[] {
    if (keys.length === 0) return keys;
    const frameMs = document.timeline.currentTime;
    if (frameMs !== this.#frameMs) this.#room = MOST_NEW;
    this.#frameMs = frameMs;
    const from = Math.max(0, Math.floor((keys.length - this.#room) / 2));
    const taken = keys.slice(from, from + this.#room);
    this.#room -= taken.length;
    if (taken.length < keys.length) this.#askAgain();
    return taken;
  }

  #askAgain(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.virtualizer?.invalidate({ offsetChanged: true, layoutOptions: this.#options });
    });
  }

  override getLayoutInfo(key: Key): LayoutInfo | null {
    const known = this.#infos.get(key);
    if (known !== undefined) return known;
    const node = this.virtualizer?.collection.getItem(key);
    if (node === undefined || node === null) return null;
    const { columns, widthPx, pitchPx, gapPx } = this.#sizes;
    const [row, column] = [Math.floor(node.index / columns), node.index % columns];
    const rect = new Rect(column * (widthPx + gapPx), row * pitchPx, widthPx, pitchPx - GAP.down * this.#options.remPx);
    const info = new LayoutInfo("item", key, rect);
    info.allowOverflow = true;
    this.#infos.set(key, info);
    return info;
  }

  override getContentSize(): Size {
    const rows = Math.ceil(this.#keys.length / this.#sizes.columns);
    return new Size(this.virtualizer?.size.width ?? 0, Math.max(0, rows * this.#sizes.pitchPx - GAP.down * this.#options.remPx));
  }
}
