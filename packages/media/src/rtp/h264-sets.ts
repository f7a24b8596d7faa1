/** The parameter sets of an H.264 stream, remembered so that every keyframe can carry the ones it needs. */
import {
  nalType,
  parsePictureParameters,
  parseSequenceParameters,
  type PictureParameters,
  type SequenceParameters,
} from "../codec/h264.js";

/** What goes in front of a keyframe. */
export interface KeyframeSets {
  readonly parameters: SequenceParameters;
  /** NAL units: the sequence parameter set, then every picture parameter set that refers to it. */
  readonly units: readonly Uint8Array[];
}

interface SequenceSet {
  readonly unit: Uint8Array;
  readonly parameters: SequenceParameters;
}

interface PictureSet {
  readonly unit: Uint8Array;
  readonly parameters: PictureParameters;
}

/** Larger sets are refused: they are no parameter sets of a screen share. */
const maxBytes = 4096;

/** By id, the newest of each: at most 32 and 256. */
export class ParameterSets {
  readonly #sequences = new Map<number, SequenceSet>();
  readonly #pictures = new Map<number, PictureSet>();

  /** Remembers a parameter set, a NAL unit without start code; anything else is ignored. The bytes must not change afterwards. */
  remember(unit: Uint8Array): void {
    if (unit.length > maxBytes) return;
    const type = (unit[0] ?? 0) & 0x1f;
    if (type === nalType.sps) this.#rememberSequence(unit);
    else if (type === nalType.pps) this.#rememberPicture(unit);
  }

  /** The sets that a keyframe needs whose first slice names this picture parameter set; null when they are not known. */
  of(pictureId: number | null): KeyframeSets | null {
    const picture = pictureId === null ? undefined : this.#pictures.get(pictureId);
    const sequence = picture && this.#sequences.get(picture.parameters.sequenceId);
    if (!picture || !sequence) return null;
    const units = [sequence.unit];
    for (const other of this.#pictures.values()) {
      if (other.parameters.sequenceId === sequence.parameters.id) units.push(other.unit);
    }
    return { parameters: sequence.parameters, units };
  }

  #rememberSequence(unit: Uint8Array): void {
    for (const known of this.#sequences.values()) if (sameBytes(known.unit, unit)) return;
    const parameters = parseSequenceParameters(unit);
    if (parameters !== null) this.#sequences.set(parameters.id, { unit, parameters });
  }

  #rememberPicture(unit: Uint8Array): void {
    for (const known of this.#pictures.values()) if (sameBytes(known.unit, unit)) return;
    const parameters = parsePictureParameters(unit);
    if (parameters !== null) this.#pictures.set(parameters.id, { unit, parameters });
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);
