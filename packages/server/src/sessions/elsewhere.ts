/** The fleeting state of sessions that other servers have, as they last told it. */
import type { Gap, SessionHealth } from "@livekit-replay/contract";
import type { EventBus } from "../events/bus.js";
import type { LiveSessions } from "./live.js";

/** What is only true while a session lives. */
export interface FleetingState {
  readonly health: SessionHealth;
  /** Gaps that no segment has told of yet. */
  readonly gaps: readonly Gap[];
}

/** Sessions that are remembered; the one that was heard of first is forgotten first, and is heard of again with its next segment. */
const mostSessions = 10_000;

/** Remembers what it hears until the session ends or its server is gone. */
export class SessionsElsewhere {
  readonly #live: LiveSessions;
  readonly #states = new Map<string, FleetingState & { readonly serverId: string }>();

  constructor(live: LiveSessions, bus: EventBus) {
    this.#live = live;
    bus.subscribe((event) => {
      if (event.type === "session_gone" || (event.type === "session" && event.session.state === "ended"))
        this.#states.delete(event.session.id);
    });
  }

  /** The state of a session that this server has; null of any other. */
  own(sessionId: string): FleetingState | null {
    const live = this.#live;
    return live.has(sessionId) ? { health: live.health(sessionId), gaps: live.gaps(sessionId) } : null;
  }

  /** Another server says so. */
  hear(sessionId: string, serverId: string, state: FleetingState): void {
    this.#states.set(sessionId, { ...state, serverId });
    if (this.#states.size > mostSessions) for (const oldest of [...this.#states.keys()].slice(0, 1)) this.#states.delete(oldest);
  }

  /** The state of a session, whoever has it. */
  of(sessionId: string): FleetingState {
    const live = this.#live;
    const told = live.has(sessionId) ? undefined : this.#states.get(sessionId);
    return told ?? { health: live.health(sessionId), gaps: live.gaps(sessionId) };
  }

  /** A server is gone, and what it said with it. */
  forgetServer(serverId: string): void {
    for (const [sessionId, state] of this.#states) if (state.serverId === serverId) this.#states.delete(sessionId);
  }
}
