/** The light build has the full build's types; it lacks subtitles, DRM and alternate audio, which clips do not have. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
