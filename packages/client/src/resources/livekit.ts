/** LiveKit, as far as the server has a part in it: tokens to join rooms with. */
import { livekitTokenSchema, type LivekitToken, type LivekitTokenRequest } from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

/** Tokens of LiveKit rooms; only where `me.livekit` is set. */
export class LivekitResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `POST /livekit/token`: a token for one room and one device of the caller. Throws `room_not_found`, `permission_denied`, `route_not_found` (no LiveKit). */
  async token(body: LivekitTokenRequest, signal?: AbortSignal): Promise<LivekitToken> {
    return await this.#transport.json(
      { method: "POST", path: "/livekit/token", body, idempotent: true, ...(signal && { signal }) },
      livekitTokenSchema,
    );
  }
}
