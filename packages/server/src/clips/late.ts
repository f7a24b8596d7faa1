/**
 * The late segment: a tail is written without the packets that are still being asked for; the segment that closes a little later has them.
 * It is pinned too, so that the MP4 has every frame. If it never comes (recorder dead, disk full), the tail stands.
 */
import { PINNED_TAIL } from "../store/names.js";
import { addressOf } from "../catalog/places.js";
import type { ClipRow } from "../catalog/port.js";
import type { EventBus } from "../events/bus.js";
import type { Logger } from "../store/log.js";
import type { Store } from "../store/open.js";
import type { TailCover } from "./capture.js";

/** Room for packets of the tail that are still being asked for, and for the whole segment that brings them, beside the tail's own size. */
export const lateBytes = 4 * 1024 * 1024;

/** What waiting for late segments needs. */
export interface LateOptions {
  readonly store: Store;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** How long a segment that should close is waited for. Default 30 s. */
  readonly limitMs?: number;
}

/** Resolves when the segments that a tail stood for are pinned, or will not come. Never throws. */
export async function pinLate({ store, bus, logger, limitMs = 30_000 }: LateOptions, clip: ClipRow, cover: TailCover): Promise<void> {
  const session = { roomName: clip.roomName, userId: clip.sharerId, sessionId: clip.sessionId };
  try {
    await untilListed(bus, () => isClosed(store, clip.sessionId, cover), clip.sessionId, limitMs);
    const segments = (store.buffers.get(clip.sessionId)?.segments ?? []).filter(
      ({ run, number }) => run === cover.run && number >= cover.fromNumber && number <= cover.toNumber,
    );
    const tail = await store.pins.readHead(addressOf(clip), PINNED_TAIL);
    if (segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > lateBytes + tail.sizeBytes) return;
    for (const { file } of segments) await store.pins.addLate(addressOf(clip), session, file);
  } catch (error) {
    logger.warn({ err: error, clipId: clip.id }, "the segment behind a tail could not be pinned; the tail stands");
  }
}

const isClosed = (store: Store, sessionId: string, { run, toNumber }: TailCover): boolean =>
  (store.buffers.get(sessionId)?.segments ?? []).some(
    (segment) => segment.run > run || (segment.run === run && segment.number >= toNumber),
  );

/** Resolves when `done` holds after a window moved, when the session ended, or when the limit is over. */
export function untilListed(bus: EventBus, done: () => boolean, sessionId: string, limitMs: number): Promise<void> {
  if (done()) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(finish, limitMs);
    timer.unref();
    const unsubscribe = bus.subscribe((event) => {
      const ours = (event.type === "window" || event.type === "session" || event.type === "session_gone") && event.session.id === sessionId;
      if (ours && (done() || event.type === "session_gone" || event.session.state === "ended")) finish();
    });
  });
}
