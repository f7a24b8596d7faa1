/** What a community has set for its replay sessions: its row, with the server's defaults where it says nothing. */
import type { SettingsRows } from "../catalog/port.js";

/** Settings of one community. */
export interface CommunitySettings {
  /** Whether sessions may be started at all. */
  readonly enabled: boolean;
  /** Active sessions at once. */
  readonly maxConcurrent: number;
  /** `owner`: only who shares may capture; `room`: whoever is in the room and has the permission. */
  readonly whoMayCapture: "owner" | "room";
  /** Every share in the community's rooms is recorded without being asked for (LiveKit). */
  readonly autoStart: boolean;
}

/** Answers the settings of communities. */
export class CommunitySettingsSource {
  readonly #rows: SettingsRows;
  readonly #defaults: CommunitySettings;

  constructor(rows: SettingsRows, defaults: CommunitySettings) {
    this.#rows = rows;
    this.#defaults = defaults;
  }

  async of(communityId: string): Promise<CommunitySettings> {
    const row = await this.#rows.find(communityId);
    if (!row) return this.#defaults;
    const { enabled, maxConcurrent, whoMayCapture, autoStart } = row;
    return { enabled, whoMayCapture, autoStart, maxConcurrent: maxConcurrent ?? this.#defaults.maxConcurrent };
  }
}
