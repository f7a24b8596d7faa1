/** Keys that a person chose: what is stored, what nonsense becomes, what is refused. */
import { beforeEach, describe, expect, test } from "vitest";
import { captureKeyMap, changeCaptureKey, readKeyMap, resetCaptureKeys, switchCaptureKeys } from "./key-map.js";
import { defaultCaptureKeys } from "./keys.js";

describe("a stored text", () => {
  test("is read as it was written", () => {
    const map = { on: false, keys: { ...defaultCaptureKeys, last: "x" } };
    expect(readKeyMap(JSON.stringify(map))).toEqual(map);
  });

  test.each([null, "", "{", "null", "[]", "7", '"c"', '{"keys":{"last":"Enter"}}', '{"keys":[]}', '{"on":"no","keys":null}'])(
    "that is none of ours: %j",
    (text) => {
      expect(readKeyMap(text)).toEqual({ on: true, keys: defaultCaptureKeys });
    },
  );

  test("with the same key twice keeps the switch, and has the usual keys", () => {
    expect(readKeyMap(JSON.stringify({ on: false, keys: { ...defaultCaptureKeys, m1: "c" } }))).toEqual({
      on: false,
      keys: defaultCaptureKeys,
    });
  });
});

describe("changing a key", () => {
  beforeEach(resetCaptureKeys);

  test("works at once, whatever the case", () => {
    expect(changeCaptureKey("last", "X")).toEqual({ is: "changed" });
    expect(captureKeyMap.get().keys).toEqual({ ...defaultCaptureKeys, last: "x" });
  });

  test("to one that is taken says by what, and changes nothing", () => {
    expect(changeCaptureKey("last", "5")).toEqual({ is: "taken", by: "m5" });
    expect(captureKeyMap.get().keys).toEqual(defaultCaptureKeys);
  });

  test("to the one that it has is fine", () => {
    expect(changeCaptureKey("m5", "5")).toEqual({ is: "changed" });
  });

  test.each(["k", "?", " ", "Enter", "F5", "Tab"])("to %j is refused", (key) => {
    expect(changeCaptureKey("last", key)).toEqual({ is: "reserved" });
    expect(captureKeyMap.get().keys).toEqual(defaultCaptureKeys);
  });

  test("a key that was taken away is free for another", () => {
    changeCaptureKey("m5", "");
    expect(changeCaptureKey("last", "5")).toEqual({ is: "changed" });
    expect(captureKeyMap.get().keys).toEqual({ ...defaultCaptureKeys, m5: "", last: "5" });
  });

  test("the switch leaves the keys as they are; the usual ones come back with one press", () => {
    changeCaptureKey("last", "x");
    switchCaptureKeys(false);
    expect(captureKeyMap.get()).toEqual({ on: false, keys: { ...defaultCaptureKeys, last: "x" } });
    resetCaptureKeys();
    expect(captureKeyMap.get()).toEqual({ on: true, keys: defaultCaptureKeys });
  });
});
