/** The rooms of the LiveKit server: who is in them and what they publish. Every call has a limit in time, and its errors are those of the catalogue. */
import { type Millis, millis, ReplayError } from "@livekit-replay/contract";
import type { ParticipantInfo } from "@livekit/protocol";
import { RoomServiceClient, ServerError } from "livekit-server-sdk";
import type { LivekitConfig } from "../config/read.js";
import type { PartHealth } from "../platform/health.js";
import { CallLimit } from "./limit.js";

/** What the client works with. */
export interface LivekitRoomsOptions {
  readonly livekit: Pick<LivekitConfig, "url" | "apiKey" | "apiSecret">;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Longest that a call may take. */
  readonly limit?: Millis;
}

const defaultLimit: Millis = millis(5_000);
/** Shorter than the time that health checks are given. */
const healthLimit: Millis = millis(2_000);
/** How long an answer about health is good for: its address is open to everybody. */
const healthFresh: Millis = millis(5_000);
const bounds = { mostAtOnce: 8, mostWaiting: 200, mostPerSecond: 50 };
/** Names per question. */
const mostNames = 200;

type State = "unknown" | "ok" | "unreachable" | "refused";

const sentences = {
  unreachable: "Recorder is not available: LiveKit cannot be reached",
  refused: "Recorder is not available: LiveKit refused the API key (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)",
} as const;

/** A client of one LiveKit server. Nothing to close: calls end by themselves. */
export class LivekitRooms {
  readonly #service: RoomServiceClient;
  readonly #healthService: RoomServiceClient;
  readonly #logger: LivekitRoomsOptions["logger"];
  readonly #calls = new CallLimit(bounds);
  #state: State = "unknown";
  #health: { readonly at: number; readonly answer: Promise<PartHealth> } | null = null;

  constructor({ livekit: { url, apiKey, apiSecret }, logger, limit = defaultLimit }: LivekitRoomsOptions) {
    const service = (requestTimeout: number): RoomServiceClient =>
      // Other regions are tried by the SDK with a pause between them; trying again has one owner here.
      new RoomServiceClient(url, apiKey, apiSecret, { requestTimeout: requestTimeout / 1000, failover: false });
    this.#service = service(limit);
    this.#healthService = service(healthLimit);
    this.#logger = logger;
  }

  /** Calls that were refused because too many waited. */
  get refusedCalls(): number {
    return this.#calls.refused;
  }

  /** The participants of a room with what they publish; none when there is no such room. @throws ReplayError `recorder_unavailable` */
  participants(roomName: string): Promise<ParticipantInfo[]> {
    return this.#ask(async () => {
      try {
        return await this.#service.listParticipants(roomName);
      } catch (error) {
        if (error instanceof ServerError && error.code === "not_found") return [];
        throw error;
      }
    });
  }

  /**
   * A participant who was listed, as the node of LiveKit that serves them sees them; null when they have left. `participants` is a list that LiveKit
   * keeps beside: two changes at the same time may leave it behind until the participant's next one. Nothing of the participant is changed:
   * an update without fields answers with the whole.
   * @throws ReplayError `recorder_unavailable`
   */
  participant(roomName: string, identity: string): Promise<ParticipantInfo | null> {
    return this.#ask(async () => {
      try {
        return await this.#service.updateParticipant(roomName, identity, {});
      } catch (error) {
        if (error instanceof ServerError && error.code === "not_found") return null;
        throw error;
      }
    });
  }

  /** Which of these rooms exist now. @throws ReplayError `recorder_unavailable` */
  async existing(roomNames: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let from = 0; from < roomNames.length; from += mostNames) {
      const names = roomNames.slice(from, from + mostNames);
      for (const { name } of await this.#ask(() => this.#service.listRooms(names))) found.add(name);
    }
    return found;
  }

  /** Without LiveKit the rest of the server works: never worse than `degraded`. */
  health(): Promise<PartHealth> {
    const now = performance.now();
    if (!this.#health || now - this.#health.at > healthFresh) this.#health = { at: now, answer: this.#look() };
    return this.#health.answer;
  }

  async #look(): Promise<PartHealth> {
    try {
      // A name that no room has: the answer is empty, however many rooms there are.
      await this.#ask(() => this.#healthService.listRooms(["\u0001"]));
      return { status: "ok" };
    } catch (error) {
      const { message } = error instanceof ReplayError ? error : new ReplayError("recorder_unavailable");
      return { status: "degraded", detail: message };
    }
  }

  async #ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.#calls.run(call);
      this.#is("ok", undefined);
      return answer;
    } catch (error) {
      if (error instanceof ReplayError) throw error;
      const state = error instanceof ServerError && (error.status === 401 || error.status === 403) ? "refused" : "unreachable";
      this.#is(state, error);
      const retryAfterSeconds = state === "refused" ? 30 : 2;
      throw new ReplayError("recorder_unavailable", { detail: sentences[state], retryAfterSeconds, cause: error });
    }
  }

  /** Said once when it changes, not with each call. */
  #is(state: State, error: unknown): void {
    const before = this.#state;
    this.#state = state;
    if (before === state) return;
    if (state === "refused")
      this.#logger.error({ err: error }, "LiveKit refuses the API key: check LIVEKIT_API_KEY and LIVEKIT_API_SECRET");
    else if (state === "unreachable") this.#logger.warn({ err: error }, "LiveKit cannot be reached");
    else if (before !== "unknown") this.#logger.info({}, "LiveKit can be reached again");
  }
}
