/** Tests with a LiveKit call: a real livekit-server for each, the product's server that records its rooms, and what others in a room can see. */
import type { Page } from "@playwright/test";
import { LivekitPublisher, LivekitServer } from "@livekit-replay/peers";
import { numberIn } from "./numbers.js";
import { test as base } from "./people.js";

/** What a test with a call gets besides. */
export interface Call {
  /** Sections of livekit-server's configuration; set them with `test.use`. */
  readonly livekitConfig: Readonly<Record<string, unknown>>;
  readonly livekit: LivekitServer;
  /** Somebody who is in the room with another client than the page's, and tells what it sees. Leaves with the test. */
  readonly join: (room: string, identity: string) => Promise<LivekitPublisher>;
}

/** `test` with a call. */
export const test = base.extend<Call>({
  livekitConfig: [{}, { option: true }],
  livekit: async ({ livekitConfig }, use) => {
    const livekit = await LivekitServer.start({ config: livekitConfig });
    await use(livekit);
    await livekit.close();
  },
  serverEnv: async ({ livekit }, use) => {
    await use({ LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret });
  },
  join: async ({ livekit }, use) => {
    const joined: LivekitPublisher[] = [];
    await use(async (room, identity) => {
      const other = await LivekitPublisher.join({ server: livekit, room, identity });
      joined.push(other);
      return other;
    });
    await Promise.all(joined.map((other) => other.close()));
  },
});

/** Who is in a room, as LiveKit's RoomService tells an admin of the room. `hidden`: nobody in the room is told of them. */
export interface Listed {
  readonly identity: string;
  readonly hidden: boolean;
  readonly recorder: boolean;
}

interface ListAnswer {
  readonly participants?: readonly {
    readonly identity: string;
    readonly permission?: { readonly hidden?: boolean; readonly recorder?: boolean };
  }[];
}

/** Asks the RoomService. */
export const listParticipants = async (livekit: LivekitServer, room: string): Promise<Listed[]> => {
  const token = await livekit.token({ room, identity: "test", grant: { roomJoin: false, roomAdmin: true } });
  const response = await fetch(`${livekit.httpUrl}/twirp/livekit.RoomService/ListParticipants`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ room }),
  });
  if (!response.ok) throw new Error(`ListParticipants: ${response.status} ${await response.text()}`);
  const answer = (await response.json()) as ListAnswer;
  return (answer.participants ?? []).map(({ identity, permission }) => ({
    identity,
    hidden: permission?.hidden ?? false,
    recorder: permission?.recorder ?? false,
  }));
};

/** The number in the picture that a player shows at this moment; undefined while it shows none. */
export const numberOn = (page: Page, player: string): Promise<number | undefined> =>
  numberIn(page.locator(`.replay-player[aria-label=${JSON.stringify(player)}] video`));

export { expect } from "./people.js";
