/** Which refusals a route may answer with: those that follow from its rule, its parameters and its body, and those that it names itself. */
import { type ErrorCode, errorCatalogue } from "@livekit-replay/contract";
import { type Need, type Rule, rateOf } from "../auth/rules.js";

/** What of an operation decides its refusals. */
export interface Asked {
  readonly method: string;
  readonly rule: Rule;
  readonly hasBody: boolean;
  readonly hasParameters: boolean;
  /** Named by the route. */
  readonly own: readonly ErrorCode[];
}

function ofNeed(need: Need): readonly ErrorCode[] {
  if ("room" in need) return ["invalid_request", "room_not_found", ...(need.room === "member" ? [] : (["permission_denied"] as const))];
  if ("session" in need) {
    if (need.session === "see" || need.session === "stop") return ["session_not_found"];
    if (need.session === "manage") return ["session_not_found", "permission_denied"];
    return ["session_not_found", "permission_denied", "no_segments"];
  }
  if ("clip" in need) return ["clip_not_found", ...(need.clip === "read" ? [] : (["permission_denied"] as const))];
  if ("channel" in need) return ["channel_not_found", ...(need.channel === "read" ? [] : (["permission_denied"] as const))];
  if ("admin" in need) return ["permission_denied"];
  if ("community" in need) return ["community_not_found", "permission_denied"];
  if ("admin" in need) return ["permission_denied"];
  return ["publication_not_found"];
}

function ofRule(rule: Rule): readonly ErrorCode[] {
  switch (rule.who) {
    case "anyone":
      return [];
    case "metrics":
    case "server":
      return ["unauthenticated"];
    case "demo":
      return ["route_not_found", "directory_unavailable", "database_unavailable"];
    case "person":
    case "person or link":
      return [
        "unauthenticated",
        "rate_limited",
        "directory_unavailable",
        "database_unavailable",
        ...(rule.needs === null ? [] : ofNeed(rule.needs)),
      ];
    default:
      return rule satisfies never;
  }
}

/** Every code that a route may answer with, in the order of the catalogue. */
export function refusalsOf({ method, rule, hasBody, hasParameters, own }: Asked): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...own, ...ofRule(rule), "internal"]);
  if (hasBody) for (const code of ["invalid_request", "body_too_large", "unsupported_media_type"] as const) codes.add(code);
  if (hasParameters) codes.add("invalid_request");
  if (rateOf(method, rule) !== null) codes.add("rate_limited");
  return (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => codes.has(code));
}
