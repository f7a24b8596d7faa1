/** Annex B access units as length-prefixed NAL units (ISO/IEC 14496-15, 5.3.3): what MP4 holds. */
import { nalUnits } from "../codec/annex-b.js";

/** Bytes of the length before each NAL unit; `avcC` says the same. */
const LENGTH_BYTES = 4;

/**
 * The NAL units of an access unit, as views.
 * @throws TypeError when there are none: then it is no Annex B.
 */
export function unitsOf(data: Uint8Array): readonly Uint8Array[] {
  const units = nalUnits(data);
  if (units.length === 0) throw new TypeError("data must be Annex B: there is no start code");
  return units;
}

/** Bytes of the access unit with lengths. */
export const prefixedSize = (units: readonly Uint8Array[]): number => units.reduce((sum, unit) => sum + LENGTH_BYTES + unit.length, 0);

/** Writes the access unit with lengths to `target` at `at` and returns where it ends. */
export function writePrefixed(units: readonly Uint8Array[], target: Uint8Array, at: number): number {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  let to = at;
  for (const unit of units) {
    view.setUint32(to, unit.length);
    target.set(unit, to + LENGTH_BYTES);
    to += LENGTH_BYTES + unit.length;
  }
  return to;
}
