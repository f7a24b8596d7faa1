/**
 * Where captures go besides the library: a channel that the person chose, for each community. It is remembered in this browser, for this person alone:
 * whoever signs in next begins with the library, and nobody posts by an old habit in a channel that is no longer theirs.
 */
import { directoryIdSchema, userIdSchema, type Channel } from "@livekit-replay/contract";
import type { SteadyMe } from "../me/use-me.js";
import { Value } from "../store/value.js";

/** One choice. */
interface Choice {
  readonly userId: string;
  readonly communityId: string;
  /** Null: the library alone, by choice. */
  readonly channelId: string | null;
}

const place = "replay.destination";
/** More than any person has communities; the oldest choices are dropped. */
const MOST = 50;

const choiceOf = (value: unknown): Choice[] => {
  if (typeof value !== "object" || value === null) return [];
  const { userId, communityId, channelId } = value as Partial<Record<keyof Choice, unknown>>;
  const user = userIdSchema.safeParse(userId);
  const community = directoryIdSchema.safeParse(communityId);
  const channel = directoryIdSchema.nullable().safeParse(channelId);
  if (!user.success || !community.success || !channel.success) return [];
  return [{ userId: user.data, communityId: community.data, channelId: channel.data }];
};

/** The choices in a stored text; what is not one is left out. */
export const readChoices = (text: string | null): readonly Choice[] => {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.slice(0, MOST).flatMap(choiceOf) : [];
  } catch {
    // Somebody else's text, or half of ours: as good as none.
    return [];
  }
};

const stored = (): readonly Choice[] => {
  try {
    return readChoices(localStorage.getItem(place));
  } catch {
    // A page without storage (a sandboxed frame) just does not remember.
    return [];
  }
};

const NONE: readonly Channel[] = [];

/** The channels of a session's community in which the person may post. */
export const channelsFor = (me: SteadyMe | undefined, communityId: string | undefined): readonly Channel[] => {
  const community = me?.communities.find((one) => one.id === communityId);
  if (me === undefined || community === undefined) return NONE;
  return me.admin || community.permissions.includes("SEND_MESSAGES") ? community.channels : NONE;
};

/** The choices of everybody who used this browser; newest first. */
export class Destinations {
  readonly #value = new Value(stored());

  get value(): Value<readonly Choice[]> {
    return this.#value;
  }

  /** Remembers where somebody's captures of a community go from now on. Undefined: to the library alone. */
  choose(userId: string, communityId: string, channelId: string | undefined): void {
    const others = this.#value.get().filter((one) => one.userId !== userId || one.communityId !== communityId);
    // Who never chose a channel has nothing to remember, and is asked when they first do.
    if (channelId === undefined && others.length === this.#value.get().length) return;
    const all = [{ userId, communityId, channelId: channelId ?? null }, ...others].slice(0, MOST);
    this.#value.set(all);
    try {
      localStorage.setItem(place, JSON.stringify(all));
    } catch {
      // As above.
    }
  }
}

/** What was remembered of a community. */
export interface Destination {
  /** The channel, if it is still one in which the person may post. */
  readonly channelId: string | undefined;
  /** The person has chosen a channel there before, so that one is no surprise. */
  readonly hasChosen: boolean;
}

/** Where the person's captures of a community go. */
export const destinationOf = (choices: readonly Choice[], me: SteadyMe | undefined, communityId: string | undefined): Destination => {
  const choice = choices.find((one) => one.userId === me?.userId && one.communityId === communityId);
  const channel = channelsFor(me, communityId).find((one) => one.id === choice?.channelId);
  return { channelId: channel?.id, hasChosen: choice !== undefined };
};
