/** Typed client of the livekit-replay API, for browsers and Node. Answers are checked against the contract; refusals are `ReplayError`s. */
export { ReplayClient, type ReplayClientOptions } from "./client.js";
export type { StreamHandlers, StreamState, Subscription } from "./events/subscription.js";
export type { EventsResource } from "./events/resource.js";
export { isRefusal, RefusedError, UnreachableError, type UnreachableReason } from "./request/error.js";
export { backoffMs, pause, type BackoffOptions } from "./request/pause.js";
export type { TokenSource } from "./request/transport.js";
export type { ChannelsResource } from "./resources/channels.js";
export type { CaptureOptions, ClipsResource } from "./resources/clips.js";
export type { CommunitiesResource } from "./resources/communities.js";
export type { LivekitResource } from "./resources/livekit.js";
export type { DemoResource, MeResource } from "./resources/me.js";
export type { SessionsResource } from "./resources/sessions.js";
export { localNow, ServerClock, type ClockSample } from "./time/clock.js";
export type { Publication, WhipResource } from "./whip/exchange.js";
export { hintContent, MAX_BITRATE } from "./whip/media.js";
export { ScreenPublisher, type PublisherOptions, type PublisherState } from "./whip/publisher.js";
export { ReplayError } from "@livekit-replay/contract";
