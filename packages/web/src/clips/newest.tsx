/** What was not written yet when a clip was kept (egress writes its segments late), and the offer to wait for it. */
import { clockText, useReplay, type Capture } from "@livekit-replay/react";
import type { Clip } from "@livekit-replay/contract";
import type { ReactElement } from "react";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { Button } from "../ui/button.js";
import { Notice } from "../ui/notice.js";

/** Less than this is not worth a word. */
const NOTHING_MS = 500;

/** True when a clip lacks something that a recorder had not written yet. */
const lacksNewest = (clip: Clip): boolean => clip.notYetMs > NOTHING_MS;

/** The clip is there at once; waiting makes a whole one in its place. */
export const Newest = ({ capture, clip }: { readonly capture: Capture; readonly clip: Clip }): ReactElement | null => {
  const say = useSay();
  const { captures } = useReplay();
  if (!lacksNewest(clip)) return null;
  const length = clockText(clip.notYetMs);
  const { newest } = capture;
  return (
    <div className="newest">
      {newest.is === "failed" ? (
        <Notice look="warning">
          {say(words.waitFailed, { length })} {sentenceOf(newest.error, say)}
        </Notice>
      ) : (
        <p role="status">{newest.is === "waited-for" ? say(words.waitingForNewest, { length }) : say(words.notYet, { length })}</p>
      )}
      {newest.is !== "waited-for" && <Button onPress={() => void captures.waitForNewest(capture.key)}>{say(words.waitForNewest)}</Button>}
    </div>
  );
};
