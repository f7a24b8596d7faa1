/** Pages of a list: `page` counts from 1. */

/** What to skip. */
export const offsetOf = (page: number, pageSize: number): number => (page - 1) * pageSize;
