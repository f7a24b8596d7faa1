/** A limit in time for work that has none of its own. */
import type { Millis } from "@livekit-replay/contract";

/** The work's outcome, or an error when it takes longer; the work itself goes on then, and its outcome is nobody's. */
export async function within<Outcome>(limit: Millis, work: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
