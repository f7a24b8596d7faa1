/** The server as a library: a module for a host application, and a whole server for programs, benches and tests. */
export { type Core, type CoreOptions } from "./app/core.js";
export { type RunningServer, startServer } from "./app/server.js";
export type { ChannelPost, ChannelPostKey, ChannelPosts, ClipDeleted } from "./channels/port.js";
export { environmentConfig } from "./config/environment.js";
export { type Config, ConfigError, readConfig } from "./config/read.js";
export type { Caller, Community, Directory } from "./directory/port.js";
export type { ReplayModuleAsyncOptions, ReplayModuleOptions } from "./embed/options.js";
export { ReplayModule } from "./embed/replay.module.js";
export { Replay, type ReplayTokenOptions } from "./embed/replay.js";
