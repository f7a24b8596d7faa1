/** A server of ours that records by egress: a real livekit-server with Redis, and a stand-in for egress that writes real segments. */
import { type Clip, clipSchema, type CaptureInput, type Session } from "@livekit-replay/contract";
import { EgressStandIn, type EgressStandInOptions, RedisServer } from "@livekit-replay/peers";
import { EgressClient } from "livekit-server-sdk";
import { openWorld, type World } from "./livekit-world.js";

/** Everything, until `close`. */
export interface EgressWorld extends World {
  readonly redis: RedisServer;
  /** LiveKit's own view of egresses. */
  readonly client: EgressClient;
  /** Starts a worker. Closed with the world. */
  worker(options?: Partial<EgressStandInOptions>): Promise<EgressStandIn>;
  /** `POST /capture` as a demo person. @throws Error when it is refused. */
  capture(person: string, session: Pick<Session, "id">, body: Partial<CaptureInput>, waitSeconds?: number): Promise<Clip>;
}

/** Segments of two seconds, and delays of egress a tenth of what they are. */
const SEGMENT_SECONDS = 2;

/** Starts the servers; a worker is the test's to start. */
export async function openEgressWorld(env: Readonly<Record<string, string>> = {}): Promise<EgressWorld> {
  const redis = await RedisServer.start();
  const world = await openWorld({
    livekit: { redisAddress: redis.address },
    env: { RECORDER: "egress", SEGMENT_SECONDS: String(SEGMENT_SECONDS), ...env },
  });
  const { url, httpUrl, apiKey, apiSecret } = world.livekit;
  const workers: EgressStandIn[] = [];
  return {
    ...world,
    redis,
    client: new EgressClient(httpUrl, apiKey, apiSecret),
    worker: async (options = {}) => {
      const started = await EgressStandIn.start({
        redisUrl: redis.url,
        livekitUrl: url,
        apiKey,
        apiSecret,
        speed: 10,
        video: "encode",
        ...options,
      });
      workers.push(started);
      return started;
    },
    capture: async (person, session, body, waitSeconds = 30) => {
      const headers = { prefer: `wait=${waitSeconds}` };
      const answer = await world.harness.ask(person, "POST", "/capture", { body: { sessionId: session.id, ...body }, headers });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
      return clipSchema.parse(answer.json());
    },
    close: async () => {
      await world.close();
      for (const worker of workers) await worker.close();
      await redis.close();
    },
  };
}
