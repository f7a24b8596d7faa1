/** What a community has set for its replay sessions. Defaults for all of them; changing them comes with the admin routes. */

/** Settings of one community. */
export interface CommunitySettings {
  /** Whether sessions may be started at all. */
  readonly enabled: boolean;
  /** Active sessions at once. */
  readonly maxConcurrent: number;
  /** `owner`: only who shares may capture; `room`: whoever is in the room and has the permission. */
  readonly whoMayCapture: "owner" | "room";
}

/** Answers the settings of communities. */
export class CommunitySettingsSource {
  readonly #defaults: CommunitySettings;

  constructor(defaults: CommunitySettings) {
    this.#defaults = defaults;
  }

  of(_communityId: string): Promise<CommunitySettings> {
    return Promise.resolve(this.#defaults);
  }
}
