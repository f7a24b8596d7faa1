/** Segments, tails and init files as files: their heads become entries. Everything read is taken for hostile until it is parsed. */
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Micros } from "@livekit-replay/contract";
import {
  describeInit,
  describeSegment,
  FIRST_READ_BYTES,
  headSize,
  MediaFormatError,
  type RunInfo,
  type SegmentDescription,
  type SegmentInfo,
  type TransportFormat,
} from "@livekit-replay/media";
import { readAt, withFile } from "./files.js";
import { initName, segmentName } from "./names.js";

/** A segment of the buffer (or a tail), and its file's name in the session's folder. */
export interface BufferedSegment extends SegmentInfo {
  readonly file: string;
  /** How it is encoded, and its `lead` (see `TransportDescription`), where it is a transport stream of egress; those of ours have an init file for it. */
  readonly transport?: TransportFormat & { readonly lead: Micros };
}

/** The start of a segment's file: as much as `describeSegment` needs. */
export interface SegmentHead {
  readonly head: Uint8Array;
  /** Of the whole file. */
  readonly sizeBytes: number;
}

/** No segment is larger: the open GOP is dropped at 32 MB. */
export const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;
const MAX_INIT_BYTES = 256 * 1024;
/** `headSize` promises fewer. */
const MAX_READS = 8;

async function sizeOf(handle: FileHandle, maxBytes: number): Promise<number> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new MediaFormatError("foreign", "it is no regular file");
  if (stats.size > maxBytes) throw new MediaFormatError("limit", "the file is larger than any of ours");
  return stats.size;
}

/**
 * Reads the head of a segment's file.
 * @throws MediaFormatError when it is no segment; errors of the file system pass through.
 */
export function readHead(file: string): Promise<SegmentHead> {
  return withFile(file, async (handle) => {
    const sizeBytes = await sizeOf(handle, MAX_SEGMENT_BYTES);
    let head = await readAt(handle, 0, Math.min(FIRST_READ_BYTES, sizeBytes));
    for (let reads = 1; reads < MAX_READS; reads += 1) {
      const { headBytes, exact } = headSize(head, sizeBytes);
      if (headBytes > head.length) head = await readAt(handle, 0, Math.min(headBytes, sizeBytes));
      if (exact) return { head, sizeBytes };
    }
    throw new MediaFormatError("limit", "the head of the segment does not end");
  });
}

/**
 * A whole file.
 * @throws MediaFormatError when it is no regular file or larger than `maxBytes`; errors of the file system pass through.
 */
export function readBounded(file: string, maxBytes: number): Promise<Uint8Array> {
  return withFile(file, async (handle) => readAt(handle, 0, await sizeOf(handle, maxBytes)));
}

/**
 * Entry and sample tables of a segment's file. Throws as `readHead`.
 * @param name of the file in the folder
 */
export async function describeFile(folder: string, name: string): Promise<SegmentDescription> {
  const { head, sizeBytes } = await readHead(path.join(folder, name));
  return describeSegment(head, sizeBytes);
}

/** The entry of a closed segment. Throws as `readHead`, and MediaFormatError when the file is another segment than its name says. */
export async function readEntry(folder: string, run: number, number: number): Promise<BufferedSegment> {
  const file = segmentName(run, number);
  const { info } = await describeFile(folder, file);
  if (info.run !== run || info.number !== number) throw new MediaFormatError("mismatch", "the segment is another one than its name says");
  return { ...info, file };
}

/** The bytes of a run's init file. Throws as `readBounded`. */
export const readInitBytes = (folder: string, run: number): Promise<Uint8Array> =>
  readBounded(path.join(folder, initName(run)), MAX_INIT_BYTES);

/** The format of a run. Throws as `readBounded`, and MediaFormatError when the file is no init of ours. */
export const readInit = async (folder: string, run: number): Promise<RunInfo> => describeInit(await readInitBytes(folder, run));
