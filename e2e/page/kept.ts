/** Waits for what is kept of a share, by the name of its strip. */
import type { FrameLocator, Page } from "@playwright/test";

const digits = (value: number): string => String(value).padStart(2, "0");

/** The name of a buffer that has kept so many seconds (below 60), or more: on a busy machine a page may see it much later than a test has it in mind. */
const keptAtLeast = (seconds: number): RegExp => {
  const enough = Array.from({ length: 60 - seconds }, (_, index) => digits(seconds + index));
  return new RegExp(`^Buffer: (?:0:(?:${enough.join("|")})|[1-9]\\d*:\\d\\d) kept`);
};

/** Waits until so many seconds (below 60) of somebody's share are kept, or more. */
export const waitForKept = async (place: Page | FrameLocator, seconds: number, limitMs = 60_000): Promise<void> => {
  await place
    .getByRole("img", { name: keptAtLeast(seconds) })
    .first()
    .waitFor({ timeout: limitMs });
};
