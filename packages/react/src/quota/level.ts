/** What the numbers of a quota mean. */
import type { Clip, Quota } from "@livekit-replay/contract";

/** How full: `warn` from 80 %, `almost` from 95 %, `full` when nothing more fits. */
export type QuotaLevel = "fine" | "warn" | "almost" | "full";

/** See above. */
export const quotaLevel = ({ usedBytes, reservedBytes, limitBytes }: Quota): QuotaLevel => {
  const share = limitBytes === 0 ? 1 : (usedBytes + reservedBytes) / limitBytes;
  return share >= 1 ? "full" : share >= 0.95 ? "almost" : share >= 0.8 ? "warn" : "fine";
};

/** What is not used, held or over. */
export const quotaFree = ({ usedBytes, reservedBytes, limitBytes }: Quota): number => Math.max(0, limitBytes - usedBytes - reservedBytes);

/** Bytes that a minute of these takes; undefined when there are none. */
export const bytesPerMinute = (clips: readonly Pick<Clip, "sizeBytes" | "durationMs">[]): number | undefined => {
  const sum = (of: "sizeBytes" | "durationMs"): number => clips.reduce((all, clip) => all + clip[of], 0);
  const minutes = sum("durationMs") / 60_000;
  return minutes > 0 ? sum("sizeBytes") / minutes : undefined;
};
