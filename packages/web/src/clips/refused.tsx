/** A capture that failed: what, why, and the way out. The buffer still has the moment, so most of them can be tried again. */
import { isRefusal } from "@livekit-replay/client";
import type { ErrorCode } from "@livekit-replay/contract";
import { clockText, useReplay, type Capture } from "@livekit-replay/react";
import type { ReactElement } from "react";
import { usePathname } from "wouter/use-browser-location";
import { routes } from "../layout/routes.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button, LinkButton } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

/** Asking again gives the same answer. */
const FINAL: readonly ErrorCode[] = [
  "permission_denied",
  "community_disabled",
  "session_not_found",
  "no_segments",
  "invalid_request",
  "unsupported_codec",
];

/** What failed, as a sentence. */
const useFailedWords = (): ((capture: Capture) => string) => {
  const say = useSay();
  return ({ range, requestedMs }) =>
    say(range === undefined ? words.captureFailed : words.captureFailedPart, { length: clockText(requestedMs) });
};

/** The notice, read out at once, with its buttons. */
export const Refused = ({ capture, error }: { readonly capture: Capture; readonly error: unknown }): ReactElement => {
  const say = useSay();
  const failed = useFailedWords();
  const { captures } = useReplay();
  const isFinal = FINAL.some((code) => isRefusal(error, code));
  const isFull = isRefusal(error, "quota_exceeded");
  const at = usePathname();
  const why = capture.range !== undefined && isRefusal(error, "no_segments") ? say(words.err_segmentsPart) : sentenceOf(error, say);
  return (
    <div className="kept-failed">
      <Notice look="warning">
        <strong>{failed(capture)}.</strong> {why} {!isFinal && !isFull && say(words.captureStillThere)}
      </Notice>
      <div className="actions">
        {!isFinal && <Button onPress={() => void captures.retry(capture.key)}>{say(words.again)}</Button>}
        {isFull && at !== routes.library && (
          <LinkButton href={routes.library} icon="library">
            {say(words.toLibrary)}
          </LinkButton>
        )}
        <Button look="quiet" onPress={() => captures.dismiss(capture.key)}>
          {say(words.dismiss)}
        </Button>
      </div>
    </div>
  );
};
