/** A request of the server becomes its answer. */
import { type RecorderMessage, type RecorderRequest, ReplayError } from "@livekit-replay/contract";
import { cutPassed } from "../share/cut.js";
import type { Publications } from "../whip/publications.js";

/** Does what a request asks and gives the message that answers it. Never throws; `onError` hears of what was not expected. */
export async function answerRequest(
  publications: Publications,
  request: RecorderRequest,
  onError: (error: unknown) => void,
): Promise<RecorderMessage> {
  const { id } = request;
  try {
    switch (request.type) {
      case "offer":
        return { type: "answer", id, sdp: await publications.offer(request) };
      case "tail":
        return { type: "tail", id, tail: await publications.tail(request.sessionId, request.captureId, await cutPassed(request.cutAtMs)) };
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
        throw new ReplayError("recorder_unavailable");
      case "stop":
        await publications.stop(request);
        return { type: "done", id };
    }
  } catch (error) {
    if (error instanceof ReplayError) return { type: "failed", id, code: error.code, detail: error.message };
    onError(error);
    return { type: "failed", id, code: "internal", detail: "The recorder failed" };
  }
}
