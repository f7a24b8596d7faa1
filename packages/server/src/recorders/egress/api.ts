/** LiveKit's egress service as the recorder needs it: start, list, stop. Errors are those of the catalogue, with a sentence for the person. */
import { ReplayError } from "@livekit-replay/contract";
import { type EgressInfo, type EncodingOptions, type SegmentedFileOutput } from "@livekit/protocol";
import { EgressClient, ServerError } from "livekit-server-sdk";
import type { LivekitConfig } from "../../config/read.js";

/** A track composite egress to be started. */
export interface EgressRequest {
  readonly roomName: string;
  readonly videoTrackId: string;
  readonly audioTrackId: string | null;
  readonly output: SegmentedFileOutput;
  readonly encoding: EncodingOptions;
}

/** What is asked of LiveKit. Methods throw ReplayError `recorder_unavailable`; its sentence says what is wrong. */
export interface EgressApi {
  start(request: EgressRequest): Promise<EgressInfo>;
  /** What starts, runs or ends now. */
  active(): Promise<readonly EgressInfo[]>;
  /** One egress, also when it has ended; null when LiveKit does not know it (any more). */
  find(egressId: string): Promise<EgressInfo | null>;
  /** Ends one. One that has ended, or is not known, is fine. */
  stop(egressId: string): Promise<void>;
}

const requestTimeoutSeconds = 10;

const sentences = {
  noWorker: "Recorder is not available: no LiveKit egress answers, or all of them are busy",
  noRedis: "Recorder is not available: this LiveKit server has no egress (it needs Redis)",
  redisGone: "Recorder is not available: LiveKit cannot reach its Redis",
  refused: "Recorder is not available: LiveKit refused the API key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)",
  unreachable: "Recorder is not available: LiveKit cannot be reached",
} as const;

const isTimeout = (error: unknown): boolean => error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");

function sentenceOf(error: unknown, isStart: boolean): (typeof sentences)[keyof typeof sentences] {
  // LiveKit asks for a worker for 20 s and more before it says that there is none.
  if (isStart && isTimeout(error)) return sentences.noWorker;
  if (!(error instanceof ServerError)) return sentences.unreachable;
  if (error.status === 401 || error.status === 403) return sentences.refused;
  if (/not connected/i.test(error.message)) return sentences.noRedis;
  if (/dial tcp|redis/i.test(error.message)) return sentences.redisGone;
  return error.status === 503 || /no response|unavailable|deadline|resource_exhausted|cpu/i.test(`${error.code ?? ""} ${error.message}`)
    ? sentences.noWorker
    : sentences.unreachable;
}

const failure = (error: unknown, isStart = false): ReplayError =>
  new ReplayError("recorder_unavailable", { detail: sentenceOf(error, isStart), retryAfterSeconds: 5, cause: error });

async function ask<T>(call: Promise<T>, isStart = false): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw failure(error, isStart);
  }
}

const isOver = (error: unknown): boolean =>
  error instanceof ServerError && (error.status === 404 || error.code === "not_found" || error.code === "failed_precondition");

/** The service of a real LiveKit server. Nothing to close: calls end by themselves. */
export function livekitEgressApi({ url, apiKey, apiSecret }: Pick<LivekitConfig, "url" | "apiKey" | "apiSecret">): EgressApi {
  const client = new EgressClient(url, apiKey, apiSecret, { requestTimeout: requestTimeoutSeconds, failover: false });
  return {
    start: ({ roomName, videoTrackId, audioTrackId, output, encoding }) =>
      ask(
        client.startTrackCompositeEgress(
          roomName,
          { segments: output },
          { videoTrackId, ...(audioTrackId === null ? {} : { audioTrackId }), encodingOptions: encoding },
        ),
        true,
      ),
    active: () => ask(client.listEgress({ active: true })),
    find: async (egressId) => {
      try {
        return (await client.listEgress({ egressId }))[0] ?? null;
      } catch (error) {
        if (isOver(error)) return null;
        throw failure(error);
      }
    },
    stop: async (egressId) => {
      try {
        await client.stopEgress(egressId);
      } catch (error) {
        if (!isOver(error)) throw failure(error);
      }
    },
  };
}
