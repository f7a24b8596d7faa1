/** livekit-client, loaded when the first room is joined: a page at a server without LiveKit never asks for it. */

/** The library as a whole. Files here take its types directly and its values from this. */
export type Livekit = typeof import("livekit-client");

let pending: Promise<Livekit> | undefined;

/** Loads the library once. A failure is forgotten, so that the next call tries again. */
export const loadLivekit = (): Promise<Livekit> =>
  (pending ??= import("livekit-client").catch((error: unknown) => {
    pending = undefined;
    throw error;
  }));
