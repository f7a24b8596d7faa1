/** Rows for tests of catalogues: complete, with what a test wants to be different. */
import type { ClipRow, SessionRow } from "../src/catalog/port.js";

/** An active session. */
export const sessionRow = (more: Partial<SessionRow> = {}): SessionRow => ({
  id: "session-0000000001",
  userId: "alice",
  roomName: "lobby",
  communityId: "demo",
  state: "active",
  recorder: "whip",
  startedAtMs: 1000,
  endedAtMs: null,
  graceFromMs: null,
  recorderId: "recorder-1",
  heartbeatAtMs: 1000,
  serverId: null,
  publicationId: null,
  identity: null,
  endedBy: null,
  pausedAtMs: null,
  slot: "demo:0",
  ...more,
});

/** A pinned clip of bob, of alice's share. */
export const clipRow = (more: Partial<ClipRow> = {}): ClipRow => ({
  id: "clip-000000000000001",
  userId: "bob",
  ownerName: "Bob",
  sessionId: "session-0000000001",
  roomName: "lobby",
  communityId: "demo",
  sharerId: "alice",
  sharerName: "Alice",
  state: "pinned",
  title: "Alice in lobby",
  fileKey: "2026-11-24T14-03-45-839Z",
  createdAtMs: 5000,
  requestedMs: 60_000,
  durationMs: 60_016.667,
  startsAtMs: 1000.25,
  endsAtMs: 61_016.917,
  gaps: [{ fromMs: 2000.5, toMs: 2100, reason: "loss" }],
  notYetMs: 0,
  container: "cmaf",
  sizeBytes: 1_000_000,
  video: { codec: "avc1.42e01f", width: 1920, height: 1080 },
  audio: { codec: "opus" },
  readyAtMs: null,
  pinsGone: false,
  idempotencyKey: null,
  ...more,
});

/** Text that would break out of a statement, a pattern or a document. */
export const hostile = [
  "'; drop table clips; --",
  '" or 1=1',
  "100%",
  "a_c",
  "\\",
  "$where",
  "{$ne: null}",
  "\u0000x".slice(1),
  "😀 ünï",
  ".*",
  "[a-z]+",
  "(?i)x",
];
