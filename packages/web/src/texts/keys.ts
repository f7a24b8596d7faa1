/** Words of the list of keys, loaded with it. */
import type { ReplayText } from "@livekit-replay/react";

/** By name. */
export const keyWords = {
  keyCapture: /*i18n*/ { id: "page.keys.capture", message: "Capture the last length you used" },
  keysOn: /*i18n*/ { id: "page.keys.on", message: "Capture by keys" },
  keysHow: /*i18n*/ { id: "page.keys.how", message: "They work everywhere but in text fields and dialogs. Press one to change it." },
  keyNone: /*i18n*/ { id: "page.keys.none", message: "None" },
  keyChange: /*i18n*/ { id: "page.keys.change", message: "{key}: {what}. Change this key" },
  keyPress: /*i18n*/ { id: "page.keys.press", message: "Press a key…" },
  keyPressHow: /*i18n*/ { id: "page.keys.press.how", message: "Escape leaves it as it is, Backspace takes the key away." },
  keyTaken: /*i18n*/ {
    id: "page.keys.taken",
    message: "“{key}” does something else already: {what}. Choose another key, or change that one first.",
  },
  keyReserved: /*i18n*/ {
    id: "page.keys.reserved",
    message: "“{key}” cannot be used for this. Choose a letter, a digit or a sign that nothing else uses.",
  },
  keyChanged: /*i18n*/ { id: "page.keys.changed", message: "“{key}”: {what}" },
  keyRemoved: /*i18n*/ { id: "page.keys.removed", message: "No key: {what}" },
  keysReset: /*i18n*/ { id: "page.keys.reset", message: "Back to the usual keys" },
  keysInPlayer: /*i18n*/ { id: "page.keys.player", message: "In a player" },
  keysInPage: /*i18n*/ { id: "page.keys.page", message: "Anywhere" },
  keyPlay: /*i18n*/ { id: "page.keys.play", message: "Play or pause, in a player" },
  keySeek: /*i18n*/ { id: "page.keys.seek", message: "Back or on by 5 seconds" },
  keyFrame: /*i18n*/ { id: "page.keys.frame", message: "Back or on by one frame" },
  keysInTrim: /*i18n*/ { id: "page.keys.trim", message: "While you trim" },
  keySecond: /*i18n*/ { id: "page.keys.second", message: "Back or on by one second" },
  keyEnds: /*i18n*/ { id: "page.keys.ends", message: "Start here, end here" },
  keysInLibrary: /*i18n*/ { id: "page.keys.library", message: "In the library" },
  keyChoose: /*i18n*/ { id: "page.keys.choose", message: "Choose a clip" },
  keyOpen: /*i18n*/ { id: "page.keys.open", message: "Open a clip" },
  keyRename: /*i18n*/ { id: "page.keys.rename", message: "Rename a clip" },
  keyDelete: /*i18n*/ { id: "page.keys.delete", message: "Delete what is chosen" },
  keyHelp: /*i18n*/ { id: "page.keys.help", message: "This list" },
} as const satisfies Record<string, ReplayText>;
