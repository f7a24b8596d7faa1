/** livekit-client, loaded when the first room is joined: a page at a server without LiveKit never asks for it. */

/** The library as a whole. Files here take its types directly and its values from this. */
export type Livekit = typeof import("livekit-client");

let pending: Promise<Livekit> | undefined;

const load = async (): Promise<Livekit> => {
  const livekit = await import("livekit-client");
  // It tells the console of every join and every track otherwise.
  livekit.setLogLevel("warn");
  return livekit;
};

/** Loads the library once. A failure is forgotten, so that the next call tries again. */
export const loadLivekit = (): Promise<Livekit> =>
  (pending ??= load().catch((error: unknown) => {
    pending = undefined;
    throw error;
  }));
