/** A title becomes a file name that every system takes. */
import { expect, test } from "vitest";
import { fileNameOf } from "./send.js";

test.each([
  ["Alice in lobby", "Alice in lobby.mp4"],
  ["Übergröße 🎉", "Übergröße 🎉.mp4"],
  ["../../etc/passwd", "-..-etc-passwd.mp4"],
  ['a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j.mp4"],
  ["line\nbreak\u0000", "linebreak.mp4"],
  ["...", "clip.mp4"],
  ["", "clip.mp4"],
  ["  many   spaces  ", "many spaces.mp4"],
  ["x".repeat(300), `${"x".repeat(120)}.mp4`],
])("%j", (title, name) => {
  expect(fileNameOf(title, "mp4")).toBe(name);
});
