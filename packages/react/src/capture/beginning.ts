/** Where the first seconds of a capture can be had while it is being kept. */
import type { Session } from "@livekit-replay/contract";

/** What is known of the buffer at the press. */
export type BufferAtPress = Pick<Session, "links" | "recorder" | "state" | "window">;

/** The part that a press asks for, in server wall time. */
export interface AskedPart {
  readonly fromMs: number | undefined;
  readonly endAtMs: number;
  readonly lengthMs: number;
}

/**
 * Address of the playlist of what the clip of that part begins with; undefined where there is none. "The last five minutes" of an ended session count back from
 * its newest picture. Should the server count otherwise, the clip just begins elsewhere, and is loaded as if nothing had been.
 */
export const beginningOf = (buffer: BufferAtPress | undefined, { fromMs, endAtMs, lengthMs }: AskedPart): string | undefined => {
  if (buffer === undefined || buffer.links.live === null || buffer.recorder === "egress" || !URL.canParse(buffer.links.live))
    return undefined;
  const toMs = buffer.state === "ended" ? Math.min(endAtMs, buffer.window?.toMs ?? endAtMs) : endAtMs;
  const url = new URL(buffer.links.live);
  url.searchParams.delete("token");
  url.searchParams.set("fromMs", String(Math.max(0, fromMs ?? toMs - lengthMs)));
  url.searchParams.set("toMs", String(toMs));
  return url.href;
};
