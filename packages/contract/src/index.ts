export * from "./time.js";
export * from "./gap.js";
