/** Says that the server cannot be reached, and that it is tried again by itself. */
import type { ReactElement } from "react";
import { useTokenWait } from "../account/waiting.js";
import { words } from "../texts/english.js";
import { useSay } from "../texts/say.js";
import { useLasting } from "./lasting.js";
import { Notice } from "./notice.js";

/** A stream that is opened anew at once (its token was renewed) is nobody's concern. */
const CUT_MS = 1000;

/** Nothing while the server is there, or while it is the sign-in that is missing. */
export const Away = ({ away }: { readonly away: boolean }): ReactElement | null => {
  const say = useSay();
  const lasts = useLasting(away, CUT_MS);
  return useTokenWait() || !lasts ? null : <Notice look="plain">{say(words.offline)}</Notice>;
};
