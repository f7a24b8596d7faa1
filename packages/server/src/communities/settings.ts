/** What a community has set for its replay sessions: its row, with the server's defaults where it says nothing. */
import { isDeepStrictEqual } from "node:util";
import type { CommunityConfig, CommunityConfigView, EditCommunityConfig } from "@livekit-replay/contract";
import type { SettingsRow, SettingsRows } from "../catalog/port.js";
import { Serial } from "../platform/serial.js";

/** Settings of one community. */
export type CommunitySettings = Readonly<CommunityConfig>;

/** Makes a change, between what was and what will be. */
export type WriteSettings = (from: object, to: object, make: () => Promise<void>) => Promise<void>;

/** Answers the settings of communities, and changes them. */
export class CommunitySettingsSource {
  readonly #rows: SettingsRows;
  readonly #defaults: CommunitySettings;
  readonly #changes = new Serial();

  constructor(rows: SettingsRows, defaults: CommunitySettings) {
    this.#rows = rows;
    this.#defaults = defaults;
  }

  async of(communityId: string): Promise<CommunitySettings> {
    const row = await this.#rows.find(communityId);
    return row ? this.#complete(row) : this.#defaults;
  }

  /** As routes show it. */
  async view(communityId: string): Promise<CommunityConfigView> {
    return this.#viewOf(await this.#rows.find(communityId));
  }

  /**
   * Changes what is given; the rest stays. Answers what holds then, as routes show it.
   * @param write does what must be done around a change (the audit log); it is not called when nothing changes
   */
  edit(
    communityId: string,
    change: EditCommunityConfig,
    write: WriteSettings = (_from, _to, make) => make(),
  ): Promise<CommunityConfigView> {
    return this.#changes.run(communityId, async () => {
      const before = (await this.#rows.find(communityId)) ?? { ...this.#defaults, communityId, maxConcurrent: null };
      const { enabled, maxConcurrent, autoStart, whoMayCapture } = change;
      const row: SettingsRow = {
        communityId,
        enabled: enabled ?? before.enabled,
        maxConcurrent: maxConcurrent === undefined ? before.maxConcurrent : maxConcurrent,
        autoStart: autoStart ?? before.autoStart,
        whoMayCapture: whoMayCapture ?? before.whoMayCapture,
      };
      if (!isDeepStrictEqual(row, { ...before })) await write(this.#shown(before), this.#shown(row), () => this.#rows.put(row));
      return this.#viewOf(row);
    });
  }

  /** Communities whose shares are all recorded. */
  autoStarting(): Promise<string[]> {
    return this.#rows.autoStarting();
  }

  /** As a row says it: null where the server's default counts. */
  #shown({ enabled, maxConcurrent, autoStart, whoMayCapture }: SettingsRow): object {
    return { enabled, maxConcurrent, autoStart, whoMayCapture };
  }

  #viewOf(row: SettingsRow | null): CommunityConfigView {
    const own = { ownMaxConcurrent: row?.maxConcurrent ?? null, defaultMaxConcurrent: this.#defaults.maxConcurrent };
    return { ...(row ? this.#complete(row) : this.#defaults), ...own };
  }

  #complete({ enabled, maxConcurrent, whoMayCapture, autoStart }: SettingsRow): CommunitySettings {
    return { enabled, whoMayCapture, autoStart, maxConcurrent: maxConcurrent ?? this.#defaults.maxConcurrent };
  }
}
