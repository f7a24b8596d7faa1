/** WHIP (RFC 9725): `/whip/:roomName` is the endpoint of a room, `/whip/resource/:publicationId` one publication. */
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Options, Param, Patch, Post, Put, Query, Res } from "@nestjs/common";
import { ApiExcludeEndpoint } from "@nestjs/swagger";
import { ReplayError } from "@livekit-replay/contract";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { Asking, TheRoom } from "../auth/access.js";
import type { RoomAccess } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import type { Config } from "../config/read.js";
import { Answers, InPath, Sends, Takes } from "../platform/document.js";
import { CONFIG } from "../platform/tokens.js";
import { startRefusals } from "./place.js";
import { Sessions } from "./sessions.js";
import { fragmentType, iceServerLink, offerType, textOf, Trickle } from "./whip.js";

const querySchema = z.object({ start: z.enum(["true", "false"]).default("true") });

/** The WHIP routes. */
@Controller(`${basePath}/whip`)
export class WhipController {
  readonly #sessions: Sessions;
  readonly #trickle: Trickle;
  readonly #config: Config;

  constructor(sessions: Sessions, trickle: Trickle, @Inject(CONFIG) config: Config) {
    this.#sessions = sessions;
    this.#trickle = trickle;
    this.#config = config;
  }

  @Post(":roomName")
  @InPath("roomName")
  @Takes(offerType)
  @Sends(offerType, "Publish a screen share; its session starts unless `start=false`", {
    id: "publishWhip",
    status: 201,
    refuses: ["invalid_sdp", ...startRefusals],
    headers: {
      Location: "The publication: `DELETE` ends it, `PATCH` trickles candidates",
      ETag: "What `If-Match` of a `PATCH` must be",
      Link: "ICE servers, when `ICE_SERVERS` has any",
    },
  })
  async publish(
    @TheRoom() room: RoomAccess,
    @Asking() viewer: Viewer,
    @Body() body: unknown,
    @Headers("content-type") contentType: string | undefined,
    @Query({ schema: querySchema }) { start }: z.output<typeof querySchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const sdp = textOf(body, contentType, offerType);
    const { publication, sdp: answer } = await this.#sessions.publish({ caller: viewer.caller, room, sdp, start: start === "true" });
    const links = this.#config.rtc.iceServers.map(iceServerLink);
    if (links.length > 0) reply.header("link", links);
    reply.header("location", `${basePath}/whip/resource/${publication.id}`).header("etag", publication.etag).type(offerType);
    return answer;
  }

  @Options(":roomName")
  @HttpCode(200)
  @ApiExcludeEndpoint()
  endpointOptions(@Res({ passthrough: true }) reply: FastifyReply): void {
    reply.header("accept-post", offerType).header("allow", "OPTIONS, POST");
  }

  @Patch("resource/:publicationId")
  @HttpCode(204)
  @InPath("publicationId")
  @Takes(fragmentType)
  @Answers(204, null, "Trickle ICE candidates", {
    id: "trickleWhip",
    refuses: ["invalid_sdp", "precondition_required", "precondition_failed", "ice_restart_unsupported", "recorder_unavailable"],
    reads: { "If-Match": { description: "The publication's ETag" } },
  })
  patch(
    @Param("publicationId") publicationId: string,
    @Body() body: unknown,
    @Headers("content-type") contentType: string | undefined,
    @Headers("if-match") ifMatch: string | undefined,
  ): Promise<void> {
    return this.#trickle.patch(publicationId, ifMatch, textOf(body, contentType, fragmentType));
  }

  @Delete("resource/:publicationId")
  @HttpCode(200)
  @InPath("publicationId")
  @Answers(200, null, "End a publication, and its session", { id: "unpublishWhip", refuses: ["recorder_unavailable"] })
  unpublish(@Param("publicationId") publicationId: string): Promise<void> {
    return this.#sessions.unpublish(publicationId);
  }

  @Options("resource/:publicationId")
  @HttpCode(200)
  @ApiExcludeEndpoint()
  resourceOptions(@Res({ passthrough: true }) reply: FastifyReply): void {
    reply.header("accept-patch", fragmentType).header("allow", "OPTIONS, PATCH, DELETE");
  }

  @Get(":roomName")
  @ApiExcludeEndpoint()
  endpointGet(@Res({ passthrough: true }) reply: FastifyReply): void {
    refuseMethod(reply, "OPTIONS, POST");
  }

  @Put(":roomName")
  @ApiExcludeEndpoint()
  endpointPut(@Res({ passthrough: true }) reply: FastifyReply): void {
    refuseMethod(reply, "OPTIONS, POST");
  }

  @Get("resource/:publicationId")
  @ApiExcludeEndpoint()
  resourceGet(@Res({ passthrough: true }) reply: FastifyReply): void {
    refuseMethod(reply, "OPTIONS, PATCH, DELETE");
  }

  @Put("resource/:publicationId")
  @ApiExcludeEndpoint()
  resourcePut(@Res({ passthrough: true }) reply: FastifyReply): void {
    refuseMethod(reply, "OPTIONS, PATCH, DELETE");
  }

  @Post("resource/:publicationId")
  @ApiExcludeEndpoint()
  resourcePost(@Res({ passthrough: true }) reply: FastifyReply): void {
    refuseMethod(reply, "OPTIONS, PATCH, DELETE");
  }
}

/** RFC 9725 reserves these methods. */
function refuseMethod(reply: FastifyReply, allow: string): never {
  reply.header("allow", allow);
  throw new ReplayError("method_not_allowed");
}
