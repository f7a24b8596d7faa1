/** `npm run demo-share`: Alice shares the demo film, for as long as the program runs, so that a first look needs no browser. */
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Film } from "../film/model.js";
import { readFilm } from "../film/read.js";
import { WhipPublisher } from "../publish/publisher.js";
import { Api } from "../server/api.js";

/** Options of `shareDemo`. */
export interface ShareDemoOptions {
  /** The server's address. */
  readonly url: string;
  readonly roomName: string;
  /** Takes the lines for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Ends the share when it is aborted. */
  readonly signal: AbortSignal;
}

const FILM = fileURLToPath(new URL("../../fixtures/demo-film.mp4", import.meta.url));
const PERSON = "alice";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
/** The server sends feedback twenty times a second: so long without any means that it is gone. */
const GIVE_UP_AFTER_MS = 5000;

const pause = (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal }).then(undefined, () => {});

/** The session that a publication feeds: it is there as soon as the server has taken the offer. */
async function sessionId(api: Api, roomName: string): Promise<string> {
  const { sessions } = await api.status(roomName);
  return sessions.find((session) => session.owner.userId === PERSON && session.state === "active")?.id ?? "(none)";
}

function explain(options: ShareDemoOptions, token: string, session: string): string[] {
  const base = `${options.url}/livekit-replay`;
  return [
    `Alice shares the demo film in room ${options.roomName}. Ctrl-C ends it.`,
    "",
    `  room     ${options.roomName}`,
    `  session  ${session}`,
    "",
    "To capture the last minute, list the clips and look at the room, paste:",
    "",
    `TOKEN=${token}`,
    `curl -s -X POST ${base}/capture -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"sessionId":"${session}","durationMinutes":1}'`,
    `curl -s ${base}/my-clips -H "Authorization: Bearer $TOKEN"`,
    `curl -s ${base}/status/${encodeURIComponent(options.roomName)} -H "Authorization: Bearer $TOKEN"`,
    "",
  ];
}

/** One publication, from sign-in to its end. Gives true when it was running, so that the next try need not wait long. */
async function shareOnce(film: Film, options: ShareDemoOptions): Promise<boolean> {
  const api = await Api.signIn(options.url, PERSON);
  const publisher = await WhipPublisher.publish({
    url: api.whipUrl(options.roomName),
    token: api.token,
    film,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
  });
  const stop = (): void => void publisher.close();
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    for (const line of explain(options, api.token, await sessionId(api, options.roomName))) options.say(line);
    const reason = await publisher.ended;
    if (reason === "failed") options.say("The server is gone; sharing goes on when it is back.");
  } finally {
    options.signal.removeEventListener("abort", stop);
    await publisher.close();
  }
  return true;
}

/** Shares until the signal. Tries again, with a growing pause, when the server cannot be reached or goes away. Never rejects. */
export async function shareDemo(options: ShareDemoOptions): Promise<void> {
  const film = await readFilm(FILM);
  let pauseMs = FIRST_PAUSE_MS;
  while (!options.signal.aborted) {
    try {
      await shareOnce(film, options);
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (options.signal.aborted) break;
      const reason = error instanceof Error ? error.message : String(error);
      options.say(`Cannot share at ${options.url} (${reason}); trying again in ${pauseMs / 1000} s.`);
    }
    await pause(pauseMs, options.signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
