/** A clip for tests. */
import type { Clip } from "@livekit-replay/contract";

/** A clip of one minute of a share, with what a test wants different. */
export const aClip = (change: Partial<Clip>): Clip => ({
  id: "clip-1",
  state: "pinned",
  title: "A minute",
  roomName: "lobby",
  sessionId: "session-1",
  owner: { userId: "bob", name: "Bob" },
  sharer: { userId: "alice", name: "Alice" },
  createdAtMs: 1_060_000,
  requestedMs: 60_000,
  durationMs: 60_000,
  startsAtMs: 1_000_000,
  endsAtMs: 1_060_000,
  gaps: [],
  notYetMs: 0,
  sizeBytes: 1000,
  video: { codec: "avc1.42e01f", width: 1280, height: 720 },
  audio: { codec: "opus" },
  shares: [],
  can: { play: true, edit: true, delete: true },
  links: {
    playlist: "/clips/1/playlist.m3u8",
    webm: null,
    download: "/clips/1/download",
    downloadAac: null,
    poster: "/clips/1/poster.jpg",
  },
  conversions: [],
  quota: null,
  serverTimeMs: 1_060_000,
  ...change,
});
