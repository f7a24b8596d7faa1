/** Lengths and sizes as people read them. */

const two = (value: number): string => String(value).padStart(2, "0");

/** `5:00`, `0:07`, `1:02:03`: a length in ms, rounded to the second. */
export const clockText = (ms: number): string => {
  const all = Math.max(0, Math.round(ms / 1000));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  const rest = `${hours > 0 ? two(minutes) : minutes}:${two(all % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
};

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `312 MB`: bytes in powers of 1000, at most one decimal. */
export const sizeText = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, "")} ${units[unit] ?? ""}`;
};

const dayAndTime = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
/** Made when the first is needed: to make one takes longer than to use it a hundred times. */
let inThisYear: Intl.DateTimeFormat | undefined;
let inAnotherYear: Intl.DateTimeFormat | undefined;

/** `12 Nov, 14:03`, with the year when it is not this one; in the reader's own time zone. */
export const whenText = (atMs: number, nowMs: number): string => {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  inThisYear ??= new Intl.DateTimeFormat(undefined, dayAndTime);
  inAnotherYear ??= new Intl.DateTimeFormat(undefined, { ...dayAndTime, year: "numeric" });
  return (sameYear ? inThisYear : inAnotherYear).format(atMs);
};

/** `14:03:20`, in the reader's own time zone. */
export const timeText = (atMs: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(atMs);

/** `1:02.345`: an instant or a length in ms, exact to the ms. */
export const exactText = (ms: number): string => {
  const all = Math.max(0, Math.round(ms));
  return `${Math.floor(all / 60_000)}:${two(Math.floor((all % 60_000) / 1000))}.${String(all % 1000).padStart(3, "0")}`;
};

/** `14:03:20.345`, in the reader's own time zone. */
export const exactTimeText = (atMs: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 }).format(atMs);

const unitText = (value: number, unit: "minute" | "second"): string =>
  new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 3 }).format(value);

/** `1 minute 2.345 seconds`: to be read out. */
export const spokenText = (ms: number): string => {
  const all = Math.max(0, Math.round(ms));
  const minutes = Math.floor(all / 60_000);
  const seconds = unitText((all % 60_000) / 1000, "second");
  return minutes === 0 ? seconds : `${unitText(minutes, "minute")} ${seconds}`;
};
