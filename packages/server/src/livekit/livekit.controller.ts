/** `POST /livekit/token`, `POST /livekit/webhook`. */
import { Body, Controller, Headers, HttpCode, Post } from "@nestjs/common";
import {
  type LivekitToken,
  type LivekitTokenRequest,
  livekitTokenRequestSchema,
  livekitTokenSchema,
  ReplayError,
} from "@livekit-replay/contract";
import { Asking } from "../auth/access.js";
import { Rights } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { Answers, Takes } from "../platform/document.js";
import { RoomTokens } from "./token.js";
import { Webhooks, webhookType } from "./webhook.js";

/** Routes that have to do with the LiveKit server. */
@Controller(`${basePath}/livekit`)
export class LivekitController {
  readonly #tokens: RoomTokens;
  readonly #webhooks: Webhooks;
  readonly #rights: Rights;

  constructor(tokens: RoomTokens, webhooks: Webhooks, rights: Rights) {
    this.#tokens = tokens;
    this.#webhooks = webhooks;
    this.#rights = rights;
  }

  @Post("token")
  @HttpCode(200)
  @Answers(200, livekitTokenSchema, "A token to join a LiveKit room with, for a member of its community", {
    id: "createLivekitToken",
    refuses: ["room_not_found", "route_not_found", "permission_denied"],
  })
  async token(@Body({ schema: livekitTokenRequestSchema }) body: LivekitTokenRequest, @Asking() viewer: Viewer): Promise<LivekitToken> {
    await this.#rights.room(viewer.caller, body.roomName, null);
    return this.#tokens.make(viewer.caller, body);
  }

  @Post("webhook")
  @HttpCode(200)
  @Takes(webhookType)
  @Answers(200, null, "What LiveKit tells of its rooms and egresses, signed with its API secret", {
    id: "receiveLivekitWebhook",
    refuses: ["unauthenticated", "route_not_found"],
  })
  webhook(@Body() body: unknown, @Headers("authorization") authorization: string | undefined): Promise<void> {
    // Other media types are parsed on their way here, and a signature is one of raw bytes.
    if (typeof body !== "string") throw new ReplayError("unsupported_media_type", { detail: `The content type must be ${webhookType}` });
    return this.#webhooks.receive(body, authorization);
  }
}
