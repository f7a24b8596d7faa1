/** A session for tests. */
import type { Session } from "@livekit-replay/contract";

/** Alice's running share in the lobby, with what a test wants different. */
export const aSession = (change: Partial<Session>): Session => ({
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  sessionId: "AAAAAAAAAAAAAAAAAAAAAA",
  roomName: "lobby",
  communityId: "demo",
  owner: { userId: "alice", name: "Alice" },
  state: "active",
  recorder: "passthrough",
  startedAtMs: 1000,
  endedAtMs: null,
  graceEndsAtMs: null,
  window: null,
  health: { state: "ok", reason: null },
  video: null,
  pausedAtMs: null,
  can: { capture: true, stop: true, pause: true, forget: true },
  links: { live: null, strip: null },
  serverTimeMs: 2000,
  ...change,
});
