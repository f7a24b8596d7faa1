/** What happened elsewhere and must be known on every view. */
import { useMeEvents, useShare } from "@livekit-replay/react";
import { useEffect, useEffectEvent } from "react";
import { useLocation } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { useTellOfMine } from "../rooms/notices.js";
import { words } from "../texts/english.js";
import { sentenceOf } from "../texts/refusal.js";
import { useSay } from "../texts/say.js";
import { toast } from "../toasts/send.js";
import { routes } from "./routes.js";

/** A share of mine that ends by a failure is said in its room; elsewhere in a toast. */
const useTellOfShare = (): void => {
  const say = useSay();
  const { share } = useShare();
  const at = usePathname();
  const [, navigate] = useLocation();
  const failed = share.state === "failed" ? share : undefined;
  const tell = useEffectEvent(() => {
    if (failed === undefined || at === routes.room(failed.roomName)) return;
    toast({
      title: say(words.shareFailed),
      detail: sentenceOf(failed.error, say),
      look: "danger",
      action: { label: say(words.shareToRoom), onAction: () => navigate(routes.room(failed.roomName)) },
    });
  });
  useEffect(() => tell(), [failed]);
};

/** Turns the person's events into toasts. */
export const useTellMe = (): void => {
  const say = useSay();
  const tellOfMine = useTellOfMine();
  useTellOfShare();
  useMeEvents((event) => {
    if (event.type === "quota" && event.warning !== null) toast({ title: say(words.quotaWarning, { percent: event.warning }) });
    if (event.type === "clip_failed") toast({ title: say(words.clipFailed), detail: event.reason, look: "danger" });
    if (event.type === "clip_of_me") tellOfMine(event);
  });
};
