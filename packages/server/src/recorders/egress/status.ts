/** What an egress says of itself becomes what the recorder acts on, with a sentence for the person. Pure. */
import { type EgressInfo, EgressStatus } from "@livekit/protocol";

/** `starting`, `active`, `ending`: it lives; `over`: it will write nothing more. */
export type EgressState =
  | { readonly kind: "starting" | "active" | "ending" }
  /** `complete`: it ended in order (the tracks are gone, or it was stopped). */
  | { readonly kind: "over"; readonly complete: boolean; readonly sentence: string };

const mostDetail = 200;

/** Egress's own words, short enough for a sentence, without a path of its machine. */
function words({ error, details }: EgressInfo): string {
  const text = (error === "" ? details : error)
    .replace(/\s+/g, " ")
    .replace(/(?:\/[^\s/:,"']+){2,}/g, "…")
    .trim();
  return text.length > mostDetail ? `${text.slice(0, mostDetail)}…` : text;
}

const withWords = (sentence: string, info: EgressInfo): string => (words(info) === "" ? sentence : `${sentence}: ${words(info)}`);

const unwritable = /permission denied|read-only file system|no such file or directory/i;

/** The state of an egress; null: LiveKit does not know it any more. */
export function stateOf(info: EgressInfo | null): EgressState {
  if (info === null) return { kind: "over", complete: false, sentence: "LiveKit does not know the egress any more" };
  const over = (sentence: string, complete = false): EgressState => ({ kind: "over", complete, sentence });
  switch (info.status) {
    case EgressStatus.EGRESS_STARTING:
      return { kind: "starting" };
    case EgressStatus.EGRESS_ACTIVE:
      return { kind: "active" };
    case EgressStatus.EGRESS_ENDING:
      return { kind: "ending" };
    case EgressStatus.EGRESS_COMPLETE:
      return over("LiveKit egress has ended", true);
    case EgressStatus.EGRESS_ABORTED:
      return over(withWords("LiveKit egress was aborted before it recorded", info));
    case EgressStatus.EGRESS_LIMIT_REACHED:
      return over("LiveKit egress reached the longest recording that it is set to");
    case EgressStatus.EGRESS_FAILED:
      return over(
        withWords(unwritable.test(info.error) ? "LiveKit egress cannot write into the storage folder" : "LiveKit egress failed", info),
      );
    default:
      return over("LiveKit egress says something unknown of itself");
  }
}

/** Where an egress writes its segments; null when it writes none. */
export function prefixOf(info: EgressInfo): string | null {
  if (info.request.case !== "trackComposite") return null;
  const { segmentOutputs, output } = info.request.value;
  return segmentOutputs[0]?.filenamePrefix ?? (output.case === "segments" ? output.value.filenamePrefix : null);
}
