/** Who I am, what I see and may do; and in demo mode, who I could be. */
import {
  demoPeopleSchema,
  demoSignInAnswerSchema,
  meSchema,
  pageSettingsSchema,
  type DemoPerson,
  type DemoSignInAnswer,
  type Me,
  type PageSettings,
} from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

/** The caller. */
export class MeResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /me`: communities with rooms, channels and permissions; quota; limits. Throws `unauthenticated`. */
  async get(signal?: AbortSignal): Promise<Me> {
    return await this.#transport.json({ method: "GET", path: "/me", ...(signal && { signal }) }, meSchema);
  }
}

/** The demo people; needs no token. */
export class DemoResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /demo/people`: who can be signed in as. Throws `route_not_found` when the server is not in demo mode. */
  async people(signal?: AbortSignal): Promise<DemoPerson[]> {
    return (await this.#transport.json({ method: "GET", path: "/demo/people", ...(signal && { signal }) }, demoPeopleSchema)).people;
  }

  /** `POST /demo/sign-in`: a token for one of the demo people. */
  async signIn(userId: string): Promise<DemoSignInAnswer> {
    return await this.#transport.json(
      { method: "POST", path: "/demo/sign-in", body: { userId }, idempotent: true },
      demoSignInAnswerSchema,
    );
  }
}

/** What the page must know before anybody is signed in. */
export class PageResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /page`: whose windows may hold the page and sign people in. */
  async settings(signal?: AbortSignal): Promise<PageSettings> {
    return await this.#transport.json({ method: "GET", path: "/page", ...(signal && { signal }) }, pageSettingsSchema);
  }
}
