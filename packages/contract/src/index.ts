/** The wire contract: everything that client, server and recorder agree on. */
export * from "./clip.js";
export * from "./community.js";
export * from "./errors.js";
export * from "./event.js";
export * from "./gap.js";
export * from "./health.js";
export * from "./id.js";
export * from "./livekit.js";
export * from "./me.js";
export * from "./permissions.js";
export * from "./quota.js";
export * from "./recorder.js";
export * from "./session.js";
export * from "./time.js";
