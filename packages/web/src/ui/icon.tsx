/** The page's small pictures, drawn with one line. They take the text's colour and size, and have no name: what they stand in has one. */
import type { ReactElement } from "react";

const lines = {
  rooms: "M4 5h16v11H4zM9 20h6M12 16v4",
  library: "M4 6h16v12H4zM8 6v12M16 6v12M4 10h4M4 14h4M16 10h4M16 14h4",
  channels: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  screen: "M4 5h16v11H4zM12 13V8M9.5 10.5 12 8l2.5 2.5M9 20h6",
  tab: "M3 8h18v12H3zM3 8V4h8v4",
  stop: "M7 7h10v10H7z",
  pause: "M9 6v12M15 6v12",
  share: "M12 15V4M8 8l4-4 4 4M5 13v6h14v-6",
  download: "M12 4v11M8 11l4 4 4-4M5 19h14",
  pencil: "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  warning: "M12 4 3 20h18zM12 10v4M12 17h.01",
  lock: "M6 11h12v9H6zM9 11V7.5a3 3 0 0 1 6 0V11",
  play: "M8 5v14l11-7z",
  trim: "M8 5H5v14h3M16 5h3v14h-3M9 12h6",
  undo: "M9 14 4 9l5-5M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  keyboard: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 15h8",
  door: "M14 4H6v16h8M10 12h10M17 9l3 3-3 3",
  plus: "M12 5v14M5 12h14",
  admin: "M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4",
  live: "M8 8a5.5 5.5 0 0 0 0 8M16 8a5.5 5.5 0 0 1 0 8M5 5a10 10 0 0 0 0 14M19 5a10 10 0 0 1 0 14M12 12h.01",
} as const;

/** Which picture. */
export type IconName = keyof typeof lines;

/** A picture of 24 by 24 units. */
export const Icon = ({ name }: { readonly name: IconName }): ReactElement => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={lines[name]} />
  </svg>
);
