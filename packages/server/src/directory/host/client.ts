/**
 * Asks a host application over HTTP: signed, bounded in time, size and number, and never redirected.
 * Whatever is not the answer that was asked for is `directory_unavailable`: a host that is down, slow, or odd means no.
 */
import {
  hostNotices,
  type HostNotice,
  hostProtocolVersion,
  hostQuestions,
  type HostQuestion,
  hostSignatureHeader,
  hostUnknownSchema,
  type Millis,
  millis,
  ReplayError,
  signHostRequest,
} from "@livekit-replay/contract";
import type { z } from "zod";
import type { Clock } from "../../platform/clock.js";
import type { PartHealth } from "../../platform/health.js";
import { Turns } from "./turns.js";

/** Options of `HostClient`. */
export interface HostClientOptions {
  /** `HOST_URL`, without a slash at its end. */
  readonly url: string;
  /** `HOST_SECRET` */
  readonly secret: string;
  readonly clock: Clock;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  /** Longest that an answer may take, the wait for a turn included. Default: 3 s. */
  readonly limit?: Millis;
}

/** What a question says. */
export type HostQuestionBody<Name extends HostQuestion> = z.input<(typeof hostQuestions)[Name]["question"]>;

/** What a question answers; null: the host does not know the thing. */
export type HostAnswer<Name extends HostQuestion> = z.output<(typeof hostQuestions)[Name]["answer"]> | null;

const defaultLimit: Millis = millis(3000);
const bounds = { mostAtOnce: 32, mostWaiting: 512 };
const mostBytes = 1_000_000;

/** The host answered, and not with what was asked for. */
class OddAnswer extends Error {
  override readonly name = "OddAnswer";

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The field of a question that names a thing, and the field of its answer that must name the same. */
const subjects: Partial<Record<HostQuestion, readonly [asked: string, answered: string]>> = {
  person: ["userId", "userId"],
  community: ["communityId", "id"],
  room: ["roomName", "roomName"],
  channel: ["channelId", "id"],
};

/** A client of one host application. Nothing to close: requests end by themselves. */
export class HostClient {
  readonly #options: HostClientOptions;
  readonly #path: string;
  readonly #turns = new Turns(bounds);
  #state: "unknown" | "ok" | "failing" = "unknown";

  constructor(options: HostClientOptions) {
    this.#options = options;
    this.#path = new URL(options.url).pathname.replace(/\/+$/, "");
  }

  /** Questions that were refused because too many waited. */
  get refused(): number {
    return this.#turns.refused;
  }

  /** By the last answer: asking just for this would tell no more. Never worse than `degraded`: what runs goes on, and a host that is back is found by the next question. */
  health(): Promise<PartHealth> {
    if (this.#state !== "failing") return Promise.resolve({ status: "ok" });
    return Promise.resolve({ status: "degraded", detail: new ReplayError("directory_unavailable").message });
  }

  /** @throws ReplayError `directory_unavailable` */
  async ask<Name extends HostQuestion>(name: Name, question: HostQuestionBody<Name>): Promise<HostAnswer<Name>> {
    const { path, answer } = hostQuestions[name];
    return this.#judged(path, async () => {
      const found = await this.#post(path, question);
      if (isUnknown(found)) return null;
      if (!isTaken(found)) throw new OddAnswer(`answered ${found.status}`, found.status);
      const parsed = answer.safeParse(found.json);
      // What is wrong with it may hold names of people: only where it is wrong is said.
      if (!parsed.success)
        throw new OddAnswer(`does not fit the protocol at ${parsed.error.issues[0]?.path.join(".") ?? "its root"}`, found.status);
      if (!isAbout(name, question, parsed.data)) throw new OddAnswer("is about something else than was asked for", found.status);
      return parsed.data as HostAnswer<Name>;
    });
  }

  /**
   * Tells something.
   * @returns `unknown`: the host does not know what it is about; `refused`: it answered 403
   * @throws ReplayError `directory_unavailable`
   */
  async tell<Name extends HostNotice>(
    name: Name,
    body: z.input<(typeof hostNotices)[Name]["body"]>,
  ): Promise<"taken" | "unknown" | "refused"> {
    const { path } = hostNotices[name];
    return this.#judged(path, async () => {
      const answer = await this.#post(path, body);
      if (isTaken(answer)) return "taken";
      if (isUnknown(answer)) return "unknown";
      if (answer.status === 403) return "refused";
      throw new OddAnswer(`answered ${answer.status}`, answer.status);
    });
  }

  /** Every failure becomes one refusal; said once when it begins, not with each question. */
  async #judged<Answer>(path: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await work();
      this.#is("ok", path, undefined);
      return answer;
    } catch (error) {
      if (error instanceof ReplayError) throw error;
      this.#is("failing", path, error);
      throw new ReplayError("directory_unavailable", { cause: error });
    }
  }

  #is(state: "ok" | "failing", path: string, error: unknown): void {
    const before = this.#state;
    this.#state = state;
    if (before === state) return;
    const { logger } = this.#options;
    if (state === "failing")
      logger.warn({ err: error, path }, "the host application gives no answer that can be used: until it does, nobody may anything");
    else if (before === "failing") logger.info({}, "the host application answers again");
  }

  async #post(path: string, content: unknown): Promise<HostResponse> {
    const signal = AbortSignal.timeout(this.#options.limit ?? defaultLimit);
    return this.#turns.run(signal, async () => {
      const response = await this.#send(path, JSON.stringify(content), signal);
      return { status: response.status, json: jsonOf(await boundedText(response)) };
    });
  }

  async #send(path: string, body: string, signal: AbortSignal): Promise<Response> {
    const { url, secret, clock } = this.#options;
    const signature = await signHostRequest({ secret, method: "POST", path: `${this.#path}${path}`, body }, clock.now());
    const headers = {
      "content-type": "application/json",
      accept: "application/json",
      "livekit-replay-version": hostProtocolVersion,
      [hostSignatureHeader]: signature,
    };
    const response = await fetch(`${url}${path}`, { method: "POST", headers, body, signal, redirect: "manual" });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new OddAnswer("answered with a redirect, which is not followed", response.status);
    }
    return response;
  }
}

function isAbout(name: HostQuestion, question: object, answer: object): boolean {
  const [asked, answered] = subjects[name] ?? [];
  if (asked === undefined || answered === undefined) return true;
  return (
    Object.entries(question).find(([field]) => field === asked)?.[1] === Object.entries(answer).find(([field]) => field === answered)?.[1]
  );
}

interface HostResponse {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

const isTaken = ({ status }: HostResponse): boolean => status >= 200 && status < 300;
const isUnknown = ({ status, json }: HostResponse): boolean => status === 404 && hostUnknownSchema.safeParse(json).success;

/** The body, as long as it is not larger than a megabyte. */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw new OddAnswer("is larger than 1 MB", response.status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Undefined for what is no JSON: no schema takes it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
