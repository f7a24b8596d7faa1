/** Whose no it was: the person's, or that of the browser or the system. */
import { describe, expect, it } from "vitest";
import { isCancelled } from "./ask.js";

const refusal = (message: string, name = "NotAllowedError"): DOMException => new DOMException(message, name);

describe("isCancelled", () => {
  it("is a question that was closed", () => {
    expect(isCancelled(refusal("Permission denied"), 100)).toBe(true);
    expect(isCancelled(refusal("The request is not allowed by the user agent or the platform in the current context."), 4000)).toBe(true);
  });

  it.each([
    ["a question that nobody was asked", refusal("Permission denied"), 99],
    ["a system that does not let the browser record", refusal("Permission denied by system"), 4000],
    ["a failure of the capture", refusal("Could not start video source", "NotReadableError"), 4000],
    ["a failure without another name", refusal("Invalid state", "AbortError"), 4000],
    ["anything else", new TypeError("no"), 4000],
  ])("is not %s", (_what, error, tookMs) => expect(isCancelled(error, tookMs)).toBe(false));
});
