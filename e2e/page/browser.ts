/** The browser of tests and benches: a real Chromium with a window, that shares what it is asked to without asking. */

/** Where it is; `npm test` finds it. */
export const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** For a closed network, loopback, and tab capture without a dialog. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
  "--auto-accept-this-tab-capture",
  "--disable-infobars",
];
