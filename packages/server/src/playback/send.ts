/** Sends files of the store: with ranges, validators and the right type, and never to a shared cache. */
import "@fastify/static";
import { ReplayError } from "@livekit-replay/contract";
import type { FastifyReply } from "fastify";
import type { PlayableFile } from "../store/media.js";

/** Media type of HLS playlists (RFC 8216, 4). */
export const playlistType = "application/vnd.apple.mpegurl";

/** Media type of an init file or a segment by its name: a transport stream of egress (RFC 3555, 4.2.8), else MP4. */
export const mediaType = (name: string): "video/mp2t" | "video/mp4" => (name.endsWith(".ts") ? "video/mp2t" : "video/mp4");

/** Options of `sendMedia`. */
export interface SendOptions {
  readonly type: string;
  /** Seconds that the person's own browser may keep it; 0: ask again each time. */
  readonly maxAgeSeconds: number;
  /** Its bytes never change under this name. */
  readonly immutable?: boolean;
  /** Save it under this name (RFC 6266, in UTF-8). */
  readonly saveAs?: string;
}

function cacheControl({ maxAgeSeconds, immutable = false }: SendOptions): string {
  if (maxAgeSeconds === 0) return "private, no-cache";
  return `private, max-age=${maxAgeSeconds}${immutable ? ", immutable" : ""}`;
}

/** Answers with a file. */
export function sendMedia(reply: FastifyReply, file: PlayableFile, options: SendOptions): FastifyReply {
  if (beginsBehind(reply.request.headers.range, file.sizeBytes)) {
    reply.header("content-range", `bytes */${file.sizeBytes}`);
    throw new ReplayError("range_not_satisfiable");
  }
  reply.header("cache-control", cacheControl(options)).header("vary", "Authorization");
  if (options.saveAs !== undefined) reply.header("content-disposition", attachment(options.saveAs));
  return reply.type(options.type).sendFile(file.name, file.folder, { contentType: false, cacheControl: false });
}

/** Answers with bytes that were made for this answer: whole, whatever range was asked for (RFC 9110, 14.2). */
export function sendMade(reply: FastifyReply, bytes: Uint8Array, options: SendOptions): FastifyReply {
  return reply
    .header("cache-control", cacheControl(options))
    .header("vary", "Authorization")
    .header("accept-ranges", "none")
    .type(options.type)
    .send(Buffer.from(bytes));
}

/** A single range that no byte of the file lies in (RFC 9110, 14.1.2): the size belongs into its answer. */
function beginsBehind(range: string | undefined, sizeBytes: number): boolean {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "") return to !== "" && Number(to) === 0;
  return Number(from) >= sizeBytes;
}

/** Answers with a playlist. */
export function sendPlaylist(reply: FastifyReply, text: string): FastifyReply {
  return reply.header("cache-control", "private, no-cache").header("vary", "Authorization").type(playlistType).send(text);
}

/** A `Content-Disposition` that saves under a name: in UTF-8, with a plain one for what cannot read it (RFC 6266, appendix D). */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, "_").replace(/["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const mostCharacters = 120;

/** A title as a file name that every system takes. */
export function fileNameOf(title: string, extension: string): string {
  const safe = title
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[/\\:*?"<>|]/g, "-")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  const short = Array.from(safe).slice(0, mostCharacters).join("").trimEnd();
  return `${short === "" ? "clip" : short}.${extension}`;
}
