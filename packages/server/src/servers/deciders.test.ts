/** What is passed on are routes that there are, each with what its decider looks for. */
import { expect, test } from "vitest";
import { rules } from "../auth/rules.js";
import { deciderOf, passedOnRoutes } from "./deciders.js";

test("every route that is passed on exists, for persons, and names what decides", () => {
  for (const route of passedOnRoutes) {
    const [method = "", pattern = ""] = route.split(" ");
    expect(rules.get(route)?.who, route).toBe("person");
    if (deciderOf(method, pattern)?.by === "session") expect(pattern).toContain(":sessionId");
  }
});

test("nothing else is", () => {
  expect(deciderOf("GET", "/livekit-replay/me")).toBeNull();
  expect(deciderOf("GET", "/livekit-replay/sessions/:sessionId/live.m3u8")).toBeNull();
});
