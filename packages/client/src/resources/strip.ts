/** Rows of small pictures, of sessions and of clips. */
import { stripSchema, type Strip, type StripQuery } from "@livekit-replay/contract";
import { UnreachableError } from "../request/error.js";
import type { Transport } from "../request/transport.js";

/** One row of small pictures, all of one size. */
export interface StripImage extends Strip {
  readonly image: Blob;
}

/** The first pictures of ten minutes. */
const STRIP_MS = 60_000;

function readJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return null;
  }
}

/** Asks for a row, and reads what it shows from its header. */
export async function askStrip(transport: Transport, path: string, query: Partial<StripQuery>, signal?: AbortSignal): Promise<StripImage> {
  const response = await transport.raw({ method: "GET", path, query, timeoutMs: STRIP_MS, ...(signal && { signal }) });
  const strip = stripSchema.safeParse(readJson(response.headers.get("replay-strip")));
  if (!strip.success) throw new UnreachableError("unexpected", "strip.jpg: the answer is not as the contract says", strip.error);
  return { ...strip.data, image: await response.blob() };
}
