/** `GET /rooms/:roomName/events`, `GET /me/events`: server-sent events. */
import { Controller, Get, Headers, Res } from "@nestjs/common";
import type { FastifyReply } from "fastify";
import { Asking, TheRoom } from "../auth/access.js";
import type { RoomAccess } from "../auth/rights.js";
import { basePath } from "../auth/rules.js";
import type { Viewer } from "../auth/viewer.js";
import { InPath, Sends } from "../platform/document.js";
import { MeStreams } from "./me.js";
import { RoomStreams } from "./room.js";
import type { OpenOptions } from "./streams.js";

/** Routes of event streams. They stay open; the framework has nothing more to do with the answer. */
@Controller(basePath)
export class EventsController {
  readonly #rooms: RoomStreams;
  readonly #people: MeStreams;

  constructor(rooms: RoomStreams, people: MeStreams) {
    this.#rooms = rooms;
    this.#people = people;
  }

  @Get("rooms/:roomName/events")
  @InPath("roomName")
  @Sends("text/event-stream", "What happens in a room. The first event is the whole state; who has it open is in the room", {
    id: "streamRoomEvents",
    event: "RoomEvent",
  })
  room(
    @TheRoom() room: RoomAccess,
    @Asking() viewer: Viewer,
    @Headers("authorization") authorization: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const output = taken(reply);
    if (output) this.#rooms.open(room, { viewer, authorization, output });
  }

  @Get("me/events")
  @Sends("text/event-stream", "What happens to the caller's clips, quota and channels", { id: "streamMyEvents", event: "MeEvent" })
  me(@Asking() viewer: Viewer, @Headers("authorization") authorization: string | undefined, @Res() reply: FastifyReply): void {
    const output = taken(reply);
    if (output) this.#people.open({ viewer, authorization, output });
  }
}

/** Takes the answer out of the framework's hands; null for who asks for its head only, and is not to count as present. */
function taken(reply: FastifyReply): OpenOptions["output"] | null {
  if (reply.request.method === "HEAD") {
    void reply.type("text/event-stream; charset=utf-8").send();
    return null;
  }
  reply.hijack();
  return { response: reply.raw, headers: reply.getHeaders() };
}
