/** Asking another server over HTTP, signed and within bounds. */
import { z } from "zod";
import { basePath } from "../auth/rules.js";
import { signatureHeader, type ServerSigner } from "./signature.js";

/** Where a server is. */
export interface ServerAddress {
  readonly id: string;
  /** Without a slash at its end. */
  readonly url: string;
}

/** What became of a question whether a server is there. `refused`: nothing listens there, or something else does. */
export type Life = "alive" | "refused" | "silent";

/** Media type of what servers tell each other. */
export const serverMessageType = "application/vnd.livekit-replay.server+json";

const aliveSchema = z.object({ id: z.string(), answer: z.string() });

/** Codes of a connection that was never made: the other server has done nothing. */
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/** Whether a request that failed never reached anybody. */
export function isUnsent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ("code" in at && typeof at.code === "string" && neverConnected.has(at.code)) return true;
    if (at instanceof AggregateError && at.errors.every(isUnsent)) return at.errors.length > 0;
  }
  return false;
}

const aliveLimitMs = 2000;

/** Asks in the name of one server. */
export class ServerCalls {
  readonly #id: string;
  readonly #signer: ServerSigner;

  constructor(id: string, signer: ServerSigner) {
    this.#id = id;
    this.#signer = signer;
  }

  /** Whether the server with this id answers at this address. Never throws. */
  async life(server: ServerAddress): Promise<Life> {
    const path = `${basePath}/servers/alive`;
    try {
      const question = this.#headers(server, "GET", path, "");
      const response = await fetch(server.url + path, { headers: question, signal: AbortSignal.timeout(aliveLimitMs), redirect: "error" });
      const said = aliveSchema.safeParse(await response.json());
      const isIt =
        said.success && said.data.id === server.id && said.data.answer === this.#signer.answer(question[signatureHeader], server.id);
      return isIt ? "alive" : "refused";
    } catch (error) {
      return isUnsent(error) || error instanceof SyntaxError ? "refused" : "silent";
    }
  }

  /** Asks; answers what it says, as JSON. @throws when it does not answer in time, or not with 200. */
  async get(server: ServerAddress, path: string, query: Readonly<Record<string, string>>, limitMs: number): Promise<unknown> {
    const url = `${basePath}${path}?${new URLSearchParams(query).toString()}`;
    const headers = this.#headers(server, "GET", url, "");
    const response = await fetch(server.url + url, { headers, signal: AbortSignal.timeout(limitMs), redirect: "error" });
    if (response.status !== 200) throw new Error(`server ${server.id} answered ${response.status}`);
    return response.json();
  }

  /** Tells. @throws when it is not taken in time. */
  async post(server: ServerAddress, path: string, message: unknown, limitMs: number): Promise<void> {
    const url = basePath + path;
    const body = JSON.stringify(message);
    const headers = { ...this.#headers(server, "POST", url, body), "content-type": serverMessageType };
    const response = await fetch(server.url + url, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(limitMs),
      redirect: "error",
    });
    await response.arrayBuffer();
    if (response.status !== 204) throw new Error(`server ${server.id} answered ${response.status}`);
  }

  #headers(to: ServerAddress, method: string, url: string, body: string): Record<typeof signatureHeader, string> {
    const signed = this.#signer.sign({ from: this.#id, to: to.id }, { method, url, authorization: undefined, body });
    return { [signatureHeader]: signed };
  }
}
