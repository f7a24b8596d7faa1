/**
 * Tells livekit-replay who is who: one community with one room, one channel, and a role that all members have. Written into its built-in directory; an
 * application with much to tell lets itself be asked instead (docs/guide/embed.md, examples/nest-host).
 */
import { ReplayClient } from "@livekit-replay/client";
import type { Person } from "./people.ts";
import type { Settings } from "./settings.ts";
import { replayToken } from "./tokens.ts";

/** The room in which everybody meets: its name in LiveKit, and its title. */
export const room = { name: "standup", title: "Stand-up" } as const;

const COMMUNITY = "team";
const ROLE = "member";

/** The team, as livekit-replay is told of it. */
export class Team {
  readonly #client: ReplayClient;
  #told: Promise<void> | undefined;

  constructor(settings: Settings) {
    const getToken = (): Promise<string> => replayToken(settings, { userId: "the-application", name: "The application" }, true);
    this.#client = new ReplayClient({ baseUrl: settings.replay.url, getToken });
  }

  /** Makes somebody a member. Everything before that is told with the first one, so that neither server must be there first. Throws when livekit-replay says no. */
  async add({ userId, name }: Person): Promise<void> {
    const { directory } = this.#client;
    this.#told ??= this.#tell().catch((error: unknown) => {
      this.#told = undefined;
      throw error;
    });
    await this.#told;
    await directory.people.put(userId, { name });
    await directory.members(COMMUNITY).put(userId, { roles: [ROLE] });
  }

  async #tell(): Promise<void> {
    const { directory, communities } = this.#client;
    await directory.communities.put(COMMUNITY, { name: "The team" });
    await directory.rooms(COMMUNITY).put(room.name, { title: room.title });
    await directory.channels(COMMUNITY).put("team-moments", { name: "moments" });
    await directory.roles(COMMUNITY).put(ROLE, {
      permissions: ["ENABLE_REPLAY_BUFFER", "CAPTURE_REPLAY", "VIEW_CHANNEL", "SEND_MESSAGES"],
    });
    // Every share in this room is kept, from whatever button it comes: LiveKit's own is enough.
    await communities.edit(COMMUNITY, { autoStart: true });
  }
}
