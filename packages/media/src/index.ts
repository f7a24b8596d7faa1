export * from "./segment/gop.js";
