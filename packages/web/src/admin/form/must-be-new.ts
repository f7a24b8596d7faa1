/** Adding something must not write over what is there: the server's `PUT` would. */
import { isRefusal } from "@livekit-replay/client";

/** Asks for it first. @throws Error with the sentence when it is there; what the server refuses otherwise. */
export const mustBeNew = async (
  find: () => Promise<unknown>,
  notFound: "community_not_found" | "room_not_found" | "channel_not_found" | "role_not_found" | "member_not_found" | "user_not_found",
  sentence: string,
): Promise<void> => {
  try {
    await find();
  } catch (error) {
    if (isRefusal(error, notFound)) return;
    throw error;
  }
  throw new Error(sentence);
};
