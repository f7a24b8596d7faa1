/** A plan becomes pins: which files to link, how the last piece is cut, and the playlist that plays them at once. */
import type { Millis, WallMs } from "@livekit-replay/contract";
import { clipPlaylist, type ClipPlan, cutSegment, describeSegment, type ListedSegment, writePlaylist } from "@livekit-replay/media";
import type { BufferedSegment, SessionBuffer } from "../store/buffer.js";
import { initName, PINNED_TAIL } from "../store/names.js";
import type { Pinned, PinOptions, Pins } from "../store/pin.js";

/** What a clip is made of. */
export interface Material {
  readonly plan: ClipPlan<BufferedSegment>;
  /** The last segment is the recorder's tail, not a closed segment. */
  readonly usesTail: boolean;
  /** What of the range was not written yet. */
  readonly notYet: Millis;
}

/**
 * Pins a plan for an owner.
 * @throws ReplayError `disk_full`, `no_segments`; nothing is left behind then.
 */
export async function pinPlan(
  pins: Pins,
  buffer: SessionBuffer,
  { plan, usesTail }: Pick<Material, "plan" | "usesTail">,
  owner: { userId: string; atMs: WallMs },
): Promise<Pinned> {
  const segments = plan.stretches.flatMap((stretch) => stretch.segments);
  const last = segments.at(-1);
  if (!last) throw new TypeError("plan.stretches must hold a segment");
  const cut = plan.cut === null ? null : cutSegment(await buffer.read(last), plan.cut);
  const whole = cut === null && !usesTail ? segments : segments.slice(0, -1);
  const tail: PinOptions["tail"] = cut !== null ? { kind: "bytes", bytes: cut } : usesTail ? { kind: "file", file: last.file } : null;
  const mapOf = ({ run, transport }: BufferedSegment): string | null => (transport === undefined ? initName(run) : null);
  const inits = [...new Set(segments.flatMap((segment) => mapOf(segment) ?? []))];
  const listed: ListedSegment[] = whole.map((info) => ({ info, path: info.file, map: mapOf(info) }));
  if (tail !== null) listed.push({ info: cut === null ? last : describeSegment(cut).info, path: PINNED_TAIL, map: initName(last.run) });
  return pins.pin({
    ...owner,
    from: buffer.session,
    files: [...inits, ...whole.map(({ file }) => file)],
    tail,
    playlist: writePlaylist(clipPlaylist(listed, plan.startPts, segments[0]?.transport?.lead)),
  });
}
