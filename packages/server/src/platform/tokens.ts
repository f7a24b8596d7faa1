/** Names under which the dependency injection knows what has an interface and no class. */

/** `Config` of `config/read.ts`. */
export const CONFIG = Symbol("CONFIG");
/** `Clock` of `platform/clock.ts`. */
export const CLOCK = Symbol("CLOCK");
/** `pino.Logger` of `platform/log.ts`. */
export const LOGGER = Symbol("LOGGER");
/** `Catalog` of `catalog/port.ts`. */
export const CATALOG = Symbol("CATALOG");
/** `Directory` of `directory/port.ts`. */
export const DIRECTORY = Symbol("DIRECTORY");
/** `ChannelPosts` of `channels/port.ts`. */
export const CHANNELS = Symbol("CHANNELS");
/** `RecorderPort` of `recorders/port.ts`: all recorders as one. */
export const RECORDER = Symbol("RECORDER");
/** `WhipRecorderPort` of `recorders/port.ts`. */
export const WHIP = Symbol("WHIP");
/** `Livekit` of `livekit/port.ts`, or null where LiveKit is not configured. */
export const LIVEKIT = Symbol("LIVEKIT");
/** `Store` of `store/open.ts`. */
export const STORE = Symbol("STORE");
/** `Ffmpeg` of `platform/ffmpeg.ts`, or null where it is not installed. */
export const FFMPEG = Symbol("FFMPEG");
/** The server's secret, a string: key of its tokens and origin of the key of its links. */
export const SECRET = Symbol("SECRET");
