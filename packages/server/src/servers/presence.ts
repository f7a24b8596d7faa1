/** Who is in a room at another server: asked when it matters, because nothing older than the question decides who may capture. */
import { z } from "zod";
import type { Servers } from "./servers.js";

/** Where a server says who is in its rooms. */
const presencePath = "/servers/presence";

const isInSchema = z.object({ isIn: z.boolean() });

const limitMs = 1500;
/** One page of answers asks the same of several sessions at once. */
const mostAsked = 1000;

/** Asks the others. */
export class PresenceElsewhere {
  readonly #servers: Servers;
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  /** Whether a person has a room's stream open at any other server. Who does not answer in time says no. */
  isIn(roomName: string, userId: string): Promise<boolean> {
    if (this.#servers.reachable.length === 0) return Promise.resolve(false);
    const key = JSON.stringify([roomName, userId]);
    const asked = this.#asked.get(key);
    if (asked) return asked;
    if (this.#asked.size >= mostAsked) return Promise.resolve(false);
    const answer = this.#ask({ roomName, userId }).finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask(query: { roomName: string; userId: string }): Promise<boolean> {
    const { calls, reachable } = this.#servers;
    const answers = await Promise.all(
      reachable.map(async (server) => {
        const said = await calls.get(server, presencePath, query, limitMs).catch(() => null);
        return isInSchema.safeParse(said).data?.isIn === true;
      }),
    );
    return answers.includes(true);
  }
}
