/** A session's `live.m3u8` and `full.m3u8`: what the window says, as files. They are derived, so they are never synced and may be written again at any time. */
import path from "node:path";
import { livePlaylist, type Playlist, readPlaylist, writePlaylist } from "@livekit-replay/media";
import type { Counters } from "./counters.js";
import { hasCode, writeWhole } from "./files.js";
import type { Logger } from "./log.js";
import { FULL_PLAYLIST, initName, LIVE_PLAYLIST } from "./names.js";
import { type BufferedSegment, readBounded } from "./segment-file.js";

const MAX_PLAYLIST_BYTES = 8 * 1024 * 1024;

/** One playlist file and its state. */
class PlaylistFile {
  playlist: Playlist | null = null;
  private text: string | null = null;
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Reads back what an earlier process wrote, so that numbers go on; a missing or broken file begins anew. */
  async load(): Promise<void> {
    try {
      const text = new TextDecoder().decode(await readBounded(this.file, MAX_PLAYLIST_BYTES));
      this.playlist = readPlaylist(text);
      this.text = text;
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
    }
  }

  async write(segments: readonly BufferedSegment[], ended: boolean): Promise<void> {
    if (this.playlist === null && segments.length === 0) return;
    const listed = segments.map((info) => ({ info, path: info.file, map: info.transport === undefined ? initName(info.run) : null }));
    const playlist = livePlaylist(this.playlist, listed, { ended });
    const text = writePlaylist(playlist);
    if (text !== this.text) await writeWhole(this.file, new TextEncoder().encode(text), { sync: false });
    this.playlist = playlist;
    this.text = text;
  }
}

/** Both playlists of a session. An error is logged and counted, and ends nothing: the next segment tries again. */
export class SessionPlaylists {
  private readonly live: PlaylistFile;
  private readonly full: PlaylistFile;
  private readonly logger: Logger;
  private readonly counters: Counters;

  constructor(folder: string, logger: Logger, counters: Counters) {
    this.live = new PlaylistFile(path.join(folder, LIVE_PLAYLIST));
    this.full = new PlaylistFile(path.join(folder, FULL_PLAYLIST));
    this.logger = logger;
    this.counters = counters;
  }

  /** As last written. */
  get current(): { readonly live: Playlist | null; readonly full: Playlist | null } {
    return { live: this.live.playlist, full: this.full.playlist };
  }

  /** Reads what is on disk. Never throws. */
  async load(): Promise<void> {
    await this.attempt(() => this.live.load(), "playlist_unreadable");
    await this.attempt(() => this.full.load(), "playlist_unreadable");
  }

  /**
   * Writes both where they changed. Never throws.
   * @param inWindow for `live.m3u8`
   * @param all for `full.m3u8`: everything that stays on disk
   */
  async write(inWindow: readonly BufferedSegment[], all: readonly BufferedSegment[], ended: boolean): Promise<void> {
    await this.attempt(() => this.live.write(inWindow, ended), "playlist_write_failed");
    await this.attempt(() => this.full.write(all, ended), "playlist_write_failed");
  }

  private async attempt(work: () => Promise<void>, counter: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.counters.add(counter);
      this.logger.warn({ err: error }, "a playlist could not be read or written");
    }
  }
}
