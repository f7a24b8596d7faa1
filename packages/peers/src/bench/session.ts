/** A server with one long recording in its buffer: what the benches of capture and finalise start from. */
import { setTimeout as delay } from "node:timers/promises";
import type { Millis } from "@livekit-replay/contract";
import type { Film } from "../film/model.js";
import { WhipPublisher } from "../publish/publisher.js";
import { Api } from "../server/api.js";
import type { ServerProcess } from "../server/start.js";

/** A person whose screen is being recorded. */
export interface RecordedSession {
  readonly api: Api;
  readonly sessionId: string;
  readonly publisher: WhipPublisher;
}

/** Recorded a little longer than asked, so that a whole length can be captured. */
const SPARE_MS = 8000;

/** Publishes as Alice until so much is in the buffer, in real time; goes on publishing. The caller closes the publisher. */
export async function recordFor(
  server: ServerProcess,
  film: Film,
  lengthMs: Millis,
  say: (line: string) => void,
): Promise<RecordedSession> {
  const api = await Api.signIn(server.url, "alice");
  const publisher = await WhipPublisher.publish({ url: api.whipUrl("lobby"), token: api.token, film });
  const begin = performance.now();
  say(`Recording ${Math.round(lengthMs / 1000)} s of 1080p60 at 6 Mbit/s…`);
  await delay(begin + lengthMs + SPARE_MS - performance.now());
  const { sessions } = await api.status("lobby");
  const session = sessions.find((one) => one.owner.userId === "alice");
  if (!session) {
    await publisher.close();
    throw new Error(`There is no session; the server said:\n${server.log.join("\n")}`);
  }
  return { api, sessionId: session.id, publisher };
}
