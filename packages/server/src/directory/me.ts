/** Who the asking person is: their communities, what they may do there, their quota. */
import type { CommunityView, Me } from "@livekit-replay/contract";
import type { Rights } from "../auth/rights.js";
import type { Viewer } from "../auth/viewer.js";
import type { Config } from "../config/read.js";
import type { Clock } from "../platform/clock.js";
import type { QuotaLedger } from "../quotas/ledger.js";
import type { Community, Directory } from "./port.js";

/** What the view is made from. */
export interface MeParts {
  readonly directory: Directory;
  readonly rights: Rights;
  readonly ledger: QuotaLedger;
  readonly config: Config;
  readonly clock: Clock;
}

/** Makes `GET /me`. */
export class MeViews {
  readonly #parts: MeParts;

  constructor(parts: MeParts) {
    this.#parts = parts;
  }

  /** @throws ReplayError `directory_unavailable` */
  async of({ caller }: Viewer): Promise<Me> {
    const { directory, ledger, config, clock } = this.#parts;
    const communities: CommunityView[] = [];
    for (const community of await directory.communitiesOf(caller)) communities.push(await this.#community(community, caller));
    const { window, captureMax, grace } = config.buffer;
    return {
      userId: caller.userId,
      name: caller.name,
      admin: caller.admin,
      communities,
      quota: await ledger.quotaOf(caller.userId),
      limits: { bufferMinutes: window / 60_000, captureMaxMinutes: captureMax / 60_000, graceMinutes: grace / 60_000 },
      livekit: config.livekit && config.recorder !== "whip" ? { url: config.livekit.publicUrl } : null,
      directory: config.directoryHost === null ? "builtin" : "host",
      tokenExpiresAtMs: Math.floor(caller.tokenExpiresAtMs),
      serverTimeMs: clock.now(),
    };
  }

  async #community({ id, name }: Community, caller: Viewer["caller"]): Promise<CommunityView> {
    const { directory, rights } = this.#parts;
    const permissions = await rights.permissions(caller, id);
    const channels = permissions?.has("VIEW_CHANNEL") ? await directory.channels(id) : [];
    return { id, name, permissions: [...(permissions ?? [])], rooms: await directory.rooms(id), channels };
  }
}
