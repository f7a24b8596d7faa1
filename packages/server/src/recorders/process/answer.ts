/** A request of the server becomes its answer. */
import { type RecorderMessage, type RecorderRequest, ReplayError, type TailEntry } from "@livekit-replay/contract";
import type { Rooms } from "../passthrough/rooms.js";
import { cutPassed } from "../share/cut.js";
import type { Publications } from "../whip/publications.js";

/** What records in this process. */
export interface RecorderParts {
  readonly publications: Publications;
  readonly rooms: Rooms;
}

/** Does what a request asks and gives the message that answers it. Never throws; `onError` hears of what was not expected. */
export async function answerRequest(
  { publications, rooms }: RecorderParts,
  request: RecorderRequest,
  onError: (error: unknown) => void,
): Promise<RecorderMessage> {
  const { id } = request;
  try {
    switch (request.type) {
      case "offer":
        return { type: "answer", id, sdp: await publications.offer(request) };
      case "tail":
        return { type: "tail", id, tail: await tailOf({ publications, rooms }, request) };
      case "candidates":
        publications.candidates(request);
        return { type: "done", id };
      case "unpublish":
        await publications.unpublish(request);
        return { type: "done", id };
      case "start":
        await publications.start(request);
        return { type: "done", id };
      case "record":
        await rooms.record(request);
        return { type: "done", id };
      case "stop":
        // Both at once: each hears of requests in the order in which they came.
        await Promise.all([publications.stop(request), rooms.stop(request.sessionId)]);
        return { type: "done", id };
    }
  } catch (error) {
    if (error instanceof ReplayError) return { type: "failed", id, code: error.code, detail: error.message };
    onError(error);
    return { type: "failed", id, code: "internal", detail: "The recorder failed" };
  }
}

/** Only one of them has the session, or nobody. */
async function tailOf(
  { publications, rooms }: RecorderParts,
  request: Extract<RecorderRequest, { type: "tail" }>,
): Promise<TailEntry | null> {
  const { sessionId, captureId } = request;
  const cutAt = await cutPassed(request.cutAtMs);
  return (await rooms.tail(sessionId, captureId, cutAt)) ?? publications.tail(sessionId, captureId, cutAt);
}
