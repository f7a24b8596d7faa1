/** What communities have set, for who looks after them. */
import { communityConfigViewSchema, type CommunityConfigView, type EditCommunityConfig } from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";

const pathOf = (communityId: string): string => `/admin/community/${encodeURIComponent(communityId)}/config`;

/** Settings of communities; needs `MANAGE_REPLAY_LIMITS` there. Throws `community_not_found`, `permission_denied`. */
export class CommunitiesResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /admin/community/:id/config`: what holds now, defaults filled in. */
  async config(communityId: string, signal?: AbortSignal): Promise<CommunityConfigView> {
    return await this.#transport.json({ method: "GET", path: pathOf(communityId), ...(signal && { signal }) }, communityConfigViewSchema);
  }

  /** `PATCH /admin/community/:id/config`: what is left out stays; `maxConcurrent: null` is the server's default again. Answers what holds then. */
  async edit(communityId: string, body: EditCommunityConfig): Promise<CommunityConfigView> {
    return await this.#transport.json({ method: "PATCH", path: pathOf(communityId), body, idempotent: true }, communityConfigViewSchema);
  }
}
