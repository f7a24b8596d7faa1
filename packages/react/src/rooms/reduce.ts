/** What is known of a room, and how each event changes it. */
import type { RoomEvent, Session } from "@livekit-replay/contract";
import { replaceEqualDeep } from "@tanstack/react-query";

/** A clip that somebody made in the room, as the room was told. */
export interface CaptureNotice {
  readonly clipId: string;
  readonly sessionId: string;
  readonly by: { readonly userId: string; readonly name: string };
  readonly durationMs: number;
  /** Which moments of the share it shows, in wall time. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly atMs: number;
}

/** The sessions of a room, active first and newest first, and the last clips that were made. `known` is false before the first event. */
export interface RoomState {
  readonly known: boolean;
  readonly sessions: readonly Session[];
  /** Newest first, at most `MOST_NOTICES`. */
  readonly notices: readonly CaptureNotice[];
}

/** Before anything is known. */
export const unknownRoom: RoomState = { known: false, sessions: [], notices: [] };

const MOST_NOTICES = 20;

const ordered = (sessions: readonly Session[]): Session[] =>
  sessions.toSorted((a, b) => (a.state === b.state ? b.startedAtMs - a.startedAtMs : a.state === "active" ? -1 : 1));

const replaced = (sessions: readonly Session[], session: Session): Session[] =>
  ordered([...sessions.filter((other) => other.id !== session.id), session]);

const after = <T extends RoomState>(room: T, event: RoomEvent): T => {
  switch (event.type) {
    case "room":
      return { ...room, known: true, sessions: ordered(event.sessions) };
    case "session":
      return { ...room, sessions: replaced(room.sessions, event.session) };
    case "session_gone":
      return { ...room, sessions: room.sessions.filter((session) => session.id !== event.sessionId) };
    case "window":
      return {
        ...room,
        sessions: room.sessions.map((session) => (session.id === event.sessionId ? { ...session, window: event.window } : session)),
      };
    case "captured": {
      const { clipId, sessionId, by, durationMs, startsAtMs, endsAtMs, serverTimeMs } = event;
      const others = room.notices.filter((notice) => notice.clipId !== clipId);
      const notice = { clipId, sessionId, by, durationMs, startsAtMs, endsAtMs, atMs: serverTimeMs };
      return { ...room, notices: [notice, ...others].slice(0, MOST_NOTICES) };
    }
  }
};

/** The room after an event, with what else is known of it. What an event says anew and alike stays the same object, so that nothing is rendered for it. */
export const reduceRoom = <T extends RoomState>(room: T, event: RoomEvent): T => replaceEqualDeep(room, after(room, event));
