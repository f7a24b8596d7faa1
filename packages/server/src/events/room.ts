/** What a room's event stream tells. */
import type { RoomAccess, Rights } from "../auth/rights.js";
import type { Viewer } from "../auth/viewer.js";
import type { Catalog } from "../catalog/port.js";
import type { Clock } from "../platform/clock.js";
import type { SessionViews } from "../sessions/view.js";
import type { DomainEvent } from "./bus.js";
import type { Presence } from "./presence.js";
import type { EventMaker } from "./stream.js";
import type { OpenOptions, Streams } from "./streams.js";

/** What room streams work with. */
export interface RoomStreamsParts {
  readonly streams: Streams;
  readonly presence: Presence;
  readonly rights: Rights;
  readonly catalog: Catalog;
  readonly views: SessionViews;
  readonly clock: Clock;
}

/** Opens event streams of rooms; a person with an open one is in the room. */
export class RoomStreams {
  readonly #parts: RoomStreamsParts;

  constructor(parts: RoomStreamsParts) {
    this.#parts = parts;
  }

  open(room: RoomAccess, client: Pick<OpenOptions, "viewer" | "authorization" | "output">): void {
    const { streams, presence, rights } = this.#parts;
    const { roomName } = room;
    const leave = presence.enter(roomName, client.viewer.caller.userId);
    streams.open({
      ...client,
      check: async ({ caller }) => {
        await rights.room(caller, roomName, null);
      },
      first: (viewer) => () => this.#state(roomName, viewer),
      tell: (event, viewer) => this.#tell(event, roomName, viewer),
      onEnd: leave,
    });
  }

  async #state(roomName: string, viewer: Viewer): ReturnType<EventMaker> {
    const rows = await this.#parts.catalog.sessions.inRoom(roomName);
    return { type: "room", sessions: await this.#parts.views.ofRoom(rows, viewer), serverTimeMs: this.#parts.clock.now() };
  }

  #tell(event: DomainEvent, roomName: string, viewer: Viewer): EventMaker | null {
    const { views, clock } = this.#parts;
    switch (event.type) {
      case "session":
        if (event.session.roomName !== roomName) return null;
        return async () => ({ type: "session", session: await views.of(event.session, viewer), serverTimeMs: clock.now() });
      case "window":
        return event.session.roomName === roomName ? () => views.windowEvent(event.session) : null;
      case "session_gone":
        if (event.session.roomName !== roomName) return null;
        return () => Promise.resolve({ type: "session_gone", sessionId: event.session.id, serverTimeMs: clock.now() });
      case "captured": {
        const { clip } = event;
        if (clip.roomName !== roomName) return null;
        const by = { userId: clip.userId, name: clip.ownerName };
        return () =>
          Promise.resolve({
            type: "captured",
            sessionId: clip.sessionId,
            clipId: clip.id,
            by,
            durationMs: clip.durationMs,
            startsAtMs: clip.startsAtMs,
            endsAtMs: clip.endsAtMs,
            serverTimeMs: clock.now(),
          });
      }
      case "republish":
      case "clip":
      case "clip_failed":
      case "clip_ending":
      case "conversion":
      case "clip_gone":
      case "quota":
      case "user_removed":
      case "post":
      case "post_gone":
        return null;
      default:
        return event satisfies never;
    }
  }
}
