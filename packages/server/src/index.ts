/** The server as a library: for the program, benches and tests that start one. */
export { type Core, type CoreOptions } from "./app/core.js";
export { type RunningServer, startServer } from "./app/server.js";
export { environmentConfig } from "./config/environment.js";
export { type Config, ConfigError, readConfig } from "./config/read.js";
