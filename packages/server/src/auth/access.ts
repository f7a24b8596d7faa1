/** What the guard found out about a request, and how handlers get at it. */
import { createParamDecorator, type ExecutionContext } from "@nestjs/common";
import type { WallMs } from "@livekit-replay/contract";
import type { FastifyRequest } from "fastify";
import type { ClipRow, SessionRow } from "../catalog/port.js";
import type { Community } from "../directory/port.js";
import type { ChannelAccess, RoomAccess } from "./rights.js";
import type { Viewer } from "./viewer.js";

/** A request that was let through, with the things its address names. */
export interface Access {
  readonly viewer: Viewer;
  /** When the request arrived, before any right was asked. */
  readonly arrivedAt: WallMs;
  readonly room?: RoomAccess;
  readonly session?: SessionRow;
  readonly clip?: ClipRow;
  readonly channel?: ChannelAccess;
  readonly community?: Community;
}

/** The request lives in this map as long as somebody holds it, so that no type of the framework must be widened. */
const granted = new WeakMap<FastifyRequest, Access>();

/** Notes what the guard found. */
export function grant(request: FastifyRequest, access: Access): void {
  granted.set(request, access);
}

/** What the guard found. @throws TypeError on a route that asks for nobody. */
function accessOf(request: FastifyRequest): Access {
  const access = granted.get(request);
  if (!access) throw new TypeError("request: its route's rule asks for nobody, so nobody is known");
  return access;
}

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

function named<Key extends "room" | "session" | "clip" | "channel" | "community">(key: Key) {
  return createParamDecorator((_data: unknown, context: ExecutionContext) => {
    const thing = accessOf(requestOf(context))[key];
    if (!thing) throw new TypeError(`${key}: the route's rule does not ask for one`);
    return thing;
  });
}

/** Parameter: who asks ({@link Viewer}). */
export const Asking = createParamDecorator((_data: unknown, context: ExecutionContext) => accessOf(requestOf(context)).viewer);
/** Parameter: the room that the address names ({@link RoomAccess}). */
export const TheRoom = named("room");
/** Parameter: the row of the session that the address names. */
export const TheSession = named("session");
/** Parameter: the row of the clip that the address names. */
export const TheClip = named("clip");
/** Parameter: the channel that the address names ({@link ChannelAccess}). */
export const TheChannel = named("channel");
/** Parameter: the community that the address names ({@link Community}). */
export const TheCommunity = named("community");
/** Parameter: when the request arrived ({@link WallMs}). */
export const Arrived = createParamDecorator((_data: unknown, context: ExecutionContext) => accessOf(requestOf(context)).arrivedAt);
