/** Limits are typed in GB and kept in bytes. */

/** Bytes of a gigabyte, as the server counts them. */
const GB = 1e9;

/** More than any disk has; what is typed beyond it is cut to it. */
export const mostGigabytes = 1_000_000;

/** GB with at most three digits behind the point. */
export const gigabytesOf = (bytes: number): number => Math.round((bytes / GB) * 1000) / 1000;

/** Whole bytes; undefined for what is no number. */
export const bytesOf = (gigabytes: number): number | undefined =>
  Number.isFinite(gigabytes) && gigabytes >= 0 ? Math.round(Math.min(gigabytes, mostGigabytes) * GB) : undefined;
