/** The small pictures of the controls. They take the text's colour and size. */
import type { ReactElement } from "react";

const shapes = {
  play: "M7 4.6v14.8L19.4 12z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  sound:
    "M4 9.2v5.6h3.6L13 19.4V4.6L7.6 9.2zM15.6 8.2a5.4 5.4 0 0 1 0 7.6l-1.3-1.3a3.6 3.6 0 0 0 0-5zM18.2 5.6a9 9 0 0 1 0 12.8l-1.3-1.3a7.2 7.2 0 0 0 0-10.2z",
  muted: "M4 9.2v5.6h3.6L13 19.4V4.6L7.6 9.2zM15 9.8 16.2 8.6l2 2 2-2 1.2 1.2-2 2 2 2-1.2 1.2-2-2-2 2-1.2-1.2 2-2z",
  fullscreen: "M4 4h6v2.2H6.2V10H4zM14 4h6v6h-2.2V6.2H14zM4 14h2.2v3.8H10V20H4zM17.8 14H20v6h-6v-2.2h3.8z",
  back: "M11.5 6.2V3L5.4 7.6l6.1 4.6V8.9a4.9 4.9 0 1 1-4.9 4.9H4.2a7.3 7.3 0 1 0 7.3-7.6z",
  frameBack: "M5 5h2.4v14H5zM19 5v14L9 12z",
  frameOn: "M16.6 5H19v14h-2.4zM5 5l10 7-10 7z",
  chevronLeft: "M14.6 5.4 8 12l6.6 6.6 1.6-1.6-5-5 5-5z",
  chevronRight: "M9.4 5.4 7.8 7l5 5-5 5 1.6 1.6L16 12z",
  check: "M9.6 18.2 3.8 12.4 5.3 10.9 9.6 15.2 18.7 6.1 20.2 7.6z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12 19 17.6 17.6 19 12 13.4 6.4 19 5 17.6 10.6 12 5 6.4z",
  more: "M5 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM12 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM19 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z",
} as const;

/** Which picture. */
export type GlyphName = keyof typeof shapes;

/** A picture without a name of its own: what it stands in carries the name. */
export const Glyph = ({ name }: { readonly name: GlyphName }): ReactElement => (
  <svg className="replay-glyph" data-glyph={name} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={shapes[name]} />
  </svg>
);
