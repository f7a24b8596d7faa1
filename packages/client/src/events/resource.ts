/** The two event streams: of a room, and of a person. */
import { meEventSchema, roomEventSchema, type MeEvent, type RoomEvent } from "@livekit-replay/contract";
import type { Transport } from "../request/transport.js";
import { subscribe, type StreamHandlers, type Subscription } from "./subscription.js";

/** Streams of events. Each is open until its subscription is closed. */
export class EventsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** `GET /rooms/:roomName/events`. The first event of each connection is `room`, the whole state. While it is open, the caller counts as in the room. */
  room(roomName: string, handlers: StreamHandlers<RoomEvent>): Subscription {
    return subscribe(this.#transport, { ...handlers, path: `/rooms/${encodeURIComponent(roomName)}/events`, schema: roomEventSchema });
  }

  /** `GET /me/events`. The first event of each connection is `hello`. */
  me(handlers: StreamHandlers<MeEvent>): Subscription {
    return subscribe(this.#transport, { ...handlers, path: "/me/events", schema: meEventSchema });
  }
}
