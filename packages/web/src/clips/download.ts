/** Downloads several files, one after the other: browsers take only so many at once from one press. */

/** So many at once. */
export const MOST_DOWNLOADS = 20;
/** Browsers drop a download that begins in the same moment as another one. */
const APART_MS = 400;

const save = (url: string): void => {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
};

/** Begins to save each of them. */
export const downloadAll = (urls: readonly string[]): void => {
  for (const [index, url] of urls.slice(0, MOST_DOWNLOADS).entries()) setTimeout(() => save(url), index * APART_MS);
};
