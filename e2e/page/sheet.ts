/** A contact sheet: strips of pictures with captions, as one picture. */
import type { Browser } from "@playwright/test";

/** One picture and what is to be seen on it. */
export interface Frame {
  readonly caption: string;
  /** PNG. */
  readonly picture: Buffer;
}

/** Pictures in their order. */
export interface Strip {
  readonly title: string;
  readonly frames: Frame[];
}

const WIDTH = 1500;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const figure = ({ caption, picture }: Frame): string =>
  `<figure><img alt="" src="data:image/png;base64,${picture.toString("base64")}"><figcaption>${escaped(caption)}</figcaption></figure>`;

const section = ({ title, frames }: Strip): string =>
  `<section><h2>${escaped(title)}</h2><div>${frames.map(figure).join("")}</div></section>`;

const style = `
  body { margin: 0; padding: 28px; background: #f3f4ef; color: #14160e; font: 15px/1.4 "Liberation Sans", Arial, sans-serif }
  section + section { margin-top: 30px }
  h2 { margin: 0 0 10px; font-size: 18px }
  div { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 16px }
  figure { margin: 0 }
  img { display: block; width: 100%; border: 1px solid #d3d6ca; border-radius: 6px }
  figcaption { padding-top: 6px; color: #535849 }
`;

/** Writes the sheet. */
export const sheetOf = async (browser: Browser, strips: readonly Strip[], path: string): Promise<void> => {
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 400 } });
  await page.setContent(`<!doctype html><style>${style}</style>${strips.map(section).join("")}`);
  await page.screenshot({ path, fullPage: true });
  await page.close();
};
