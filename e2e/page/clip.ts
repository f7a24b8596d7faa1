/** The file of the clip that a page shows: downloaded by its link, decoded without a word, read back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { type ClipReading, readClip } from "@livekit-replay/peers";
import { complaintsOf } from "./complaints.js";

/** Downloads the clip that a page shows, and reads it. */
export const downloadClip = async (page: Page): Promise<ClipReading> => {
  const folder = await mkdtemp(join(tmpdir(), "replay-clip-"));
  const file = join(folder, "clip.mp4");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  await (await download).saveAs(file);
  const reading = await readClip(file);
  expect(await complaintsOf(file)).toEqual([]);
  await rm(folder, { recursive: true });
  return reading;
};

/** The numbers of its pictures that can be read. */
export const numbersOf = ({ frames }: ClipReading): number[] => frames.flatMap(({ number }) => (number === null ? [] : [number]));
