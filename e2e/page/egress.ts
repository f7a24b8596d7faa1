/** Tests of the page with rooms that LiveKit's egress records: Redis, livekit-server and a worker that stands in for egress, with its delays. */
import {
  Api,
  EgressStandIn,
  LivekitPublisher,
  LivekitServer,
  makeFilmFiles,
  RedisServer,
  type RedisServerOptions,
  SMALL_FILM,
} from "@livekit-replay/peers";
import { test as base } from "./people.js";

/** What such a test gets besides. */
export interface Egress {
  /** Of Redis; set them with `test.use`. */
  readonly redisOptions: RedisServerOptions;
  readonly redis: RedisServer;
  readonly livekit: LivekitServer;
  readonly worker: EgressStandIn;
  /** Joins a room as Alice, shares the test film there, and has it kept. Its keyframes come at even intervals, as egress makes them; a browser sends one when it is asked. */
  readonly shareInCall: (roomName: string) => Promise<void>;
}

/** `test` with egress. Segments of four seconds, and a third of egress's delays: what it is about, in less time. */
export const test = base.extend<Egress>({
  redisOptions: [{}, { option: true }],
  redis: async ({ redisOptions }, use) => {
    const redis = await RedisServer.start(redisOptions);
    await use(redis);
    await redis.close();
  },
  livekit: async ({ redis }, use) => {
    const livekit = await LivekitServer.start({ redisAddress: redis.address });
    await use(livekit);
    await livekit.close();
  },
  worker: [
    async ({ redis, livekit }, use) => {
      const { url: livekitUrl, apiKey, apiSecret } = livekit;
      const worker = await EgressStandIn.start({ redisUrl: redis.url, livekitUrl, apiKey, apiSecret, speed: 3 });
      await use(worker);
      await worker.close();
    },
    { auto: true },
  ],
  shareInCall: async ({ livekit, server }, use) => {
    const joined: LivekitPublisher[] = [];
    await use(async (room) => {
      const alice = await LivekitPublisher.join({ server: livekit, room, identity: "alice", name: "Alice" });
      joined.push(alice);
      await alice.publish({ film: await makeFilmFiles(SMALL_FILM) });
      const api = await Api.signIn(server.url, "alice");
      await api.start(room);
    });
    await Promise.all(joined.map((alice) => alice.close()));
  },
  serverEnv: async ({ livekit }, use) => {
    await use({
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      RECORDER: "egress",
      SEGMENT_SECONDS: "4",
    });
  },
});

export { expect } from "./people.js";
