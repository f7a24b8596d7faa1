/** A real livekit-server with a real server of ours beside it, and people who share in its rooms. */
import { type RoomStatus, type Session, sessionSchema } from "@livekit-replay/contract";
import {
  type FilmFiles,
  LivekitPublisher,
  LivekitServer,
  type LivekitServerOptions,
  makeFilmFiles,
  SMALL_FILM,
} from "@livekit-replay/peers";
import { RoomServiceClient } from "livekit-server-sdk";
import { vi } from "vitest";
import { type Harness, type HarnessOptions, request, startHarness } from "./harness.js";

/** How a test wants its world. */
export interface WorldOptions extends HarnessOptions {
  readonly livekit?: LivekitServerOptions;
}

/** Both servers, until `close`. */
export interface World {
  readonly livekit: LivekitServer;
  readonly harness: Harness;
  /** LiveKit's own API. */
  readonly rooms: RoomServiceClient;
  /** Joins a room and shares the small film as a screen. Leaves with the world. */
  share(identity: string, roomName: string, options?: Partial<Parameters<LivekitPublisher["publish"]>[0]>): Promise<LivekitPublisher>;
  /** Joins a room and shares nothing. */
  join(identity: string, roomName: string): Promise<LivekitPublisher>;
  /** `POST /start` as a demo person. @throws Error when it is refused. */
  start(person: string, roomName: string): Promise<Session>;
  /** Waits until the sessions of a room, as `alice` sees them, are as wanted. */
  until(roomName: string, wanted: (status: RoomStatus) => boolean, limitMs?: number): Promise<RoomStatus>;
  /** Waits for so many whole polls of LiveKit from now on. */
  polls(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Whether a session is there and has segments. */
export const isRecorded = (session: Session | undefined): boolean => session !== undefined && session.window !== null;

/** The variables that name a LiveKit server. */
export const variablesOf = ({
  url,
  apiKey,
  apiSecret,
}: Readonly<Record<"url" | "apiKey" | "apiSecret", string>>): Record<string, string> => ({
  LIVEKIT_URL: url,
  LIVEKIT_API_KEY: apiKey,
  LIVEKIT_API_SECRET: apiSecret,
});

/** The film that everybody shares. */
export const smallFilm = (): Promise<FilmFiles> => makeFilmFiles(SMALL_FILM);

/** As long as the page does: a share whose connection takes its time is listed late. */
const BEGIN_MS = 10_000;

const pollsDone = async (harness: Harness): Promise<number> => {
  const { text } = await request(`${harness.origin}/metrics`, "GET");
  return Number(/^replay_cleanup_runs_total\{job="livekit_rooms",outcome="done"\} (\d+)$/m.exec(text)?.[1] ?? 0);
};

/** Starts both. */
export async function openWorld({ livekit: livekitOptions, env, ...options }: WorldOptions = {}): Promise<World> {
  const livekit = await LivekitServer.start(livekitOptions);
  const harness = await startHarness({ ...options, env: { ...variablesOf(livekit), ...env } });
  return worldOf(livekit, harness);
}

/** A world of servers that run already. */
export function worldOf(livekit: LivekitServer, harness: Harness): World {
  const people: LivekitPublisher[] = [];
  const rooms = new RoomServiceClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
  const join = async (identity: string, room: string): Promise<LivekitPublisher> => {
    const publisher = await LivekitPublisher.join({ server: livekit, room, identity });
    people.push(publisher);
    return publisher;
  };
  return {
    livekit,
    harness,
    rooms,
    join,
    share: async (identity, roomName, shareOptions = {}) => {
      const publisher = await join(identity, roomName);
      await publisher.publish({ film: await smallFilm(), ...shareOptions });
      return publisher;
    },
    start: async (person, roomName) => {
      const until = performance.now() + BEGIN_MS;
      for (;;) {
        const answer = await harness.ask(person, "POST", "/start", { body: { roomName } });
        if (answer.status === 201) return sessionSchema.parse(answer.json());
        if (answer.problem().code === "not_sharing" && performance.now() < until) continue;
        const listed = (await rooms.listParticipants(roomName)).map((participant) => participant.toJsonString());
        throw new Error(`start was refused: ${answer.text}; LiveKit lists ${listed.join(", ")}`);
      }
    },
    until: (roomName, wanted, limitMs = 25_000) =>
      vi.waitFor(
        async () => {
          const status = await harness.status("alice", roomName);
          if (!wanted(status)) throw new Error(`not as wanted: ${JSON.stringify(status.sessions)}`);
          return status;
        },
        { timeout: limitMs, interval: 100 },
      ),
    polls: async (count) => {
      // One may be under way that saw what was before.
      const wanted = (await pollsDone(harness)) + count + 1;
      await vi.waitUntil(async () => (await pollsDone(harness)) >= wanted, { timeout: 10_000 + 6_000 * count, interval: 200 });
    },
    close: async () => {
      for (const one of people.splice(0).toReversed()) await one.close();
      await harness.close();
      await livekit.close();
    },
  };
}
