export * from "./time.js";
