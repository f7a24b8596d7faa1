/** Reads SDP (RFC 8866) into lines that mean something: session and media attributes. It is hostile input, so everything is bounded and nothing is guessed. */
import { ReplayError } from "@livekit-replay/contract";

/** One `a=` line. `value` is empty for a flag such as `a=rtcp-mux`. */
export interface SdpAttribute {
  readonly name: string;
  readonly value: string;
}

/** One `m=` section with its attributes, in order. */
export interface SdpMedia {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  /** Payload types for RTP, as written. */
  readonly formats: readonly string[];
  readonly attributes: readonly SdpAttribute[];
}

/** A whole description. */
export interface SdpSession {
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
}

/** How much is read of a description. */
export interface SdpLimits {
  readonly bytes: number;
  readonly lines: number;
  readonly media: number;
}

/** For what a stranger sends. */
const strict: SdpLimits = { bytes: 65_536, lines: 4_000, media: 16 };
const MAX_FORMATS = 128;

const linePattern = /^([a-z])=(.*)$/;
const mediaPattern = /^([a-z]+) (\d{1,5})(?:\/\d{1,5})? ([A-Za-z0-9/]+)((?: [A-Za-z0-9-]+)+)$/;
const attributePattern = /^([A-Za-z0-9-]+)(?::(.*))?$/;

/** The refusal for what is no usable SDP; the sentence says why. */
export const invalidSdp = (why: string, cause?: unknown): ReplayError => new ReplayError("invalid_sdp", { detail: why, cause });

/** The first attribute of that name, or null. */
export function attribute(of: { readonly attributes: readonly SdpAttribute[] }, name: string): string | null {
  return of.attributes.find((candidate) => candidate.name === name)?.value ?? null;
}

/** All values of the attributes of that name, in order. */
export function attributes(of: { readonly attributes: readonly SdpAttribute[] }, name: string): string[] {
  return of.attributes.filter((candidate) => candidate.name === name).map((candidate) => candidate.value);
}

/** Splits a body into `x=value` pairs; SDP and its fragments (RFC 8840) share this form. Throws `invalid_sdp`. */
export function readLines(text: string, limits: SdpLimits = strict): (readonly [type: string, value: string])[] {
  if (text.length > limits.bytes) throw invalidSdp(`The SDP is larger than ${limits.bytes / 1024} KB`);
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== "");
  if (lines.length > limits.lines) throw invalidSdp(`The SDP has more than ${limits.lines} lines`);
  return lines.map((line, index) => {
    const match = linePattern.exec(line);
    if (!match) throw invalidSdp(`The body is not SDP: line ${index + 1} is not of the form x=value`);
    return [match[1] ?? "", match[2] ?? ""];
  });
}

/** One `a=` line's value. Throws `invalid_sdp`. */
export function readAttribute(value: string): SdpAttribute {
  const match = attributePattern.exec(value);
  if (!match) throw invalidSdp("The body is not SDP: an attribute has no name");
  return { name: match[1] ?? "", value: match[2] ?? "" };
}

/** One `m=` line's value. Throws `invalid_sdp`. */
export function readMediaLine(value: string): Omit<SdpMedia, "attributes"> {
  const match = mediaPattern.exec(value);
  const port = Number(match?.[2]);
  const formats = (match?.[4] ?? "").trim().split(" ");
  if (!match || port > 65_535 || formats.length > MAX_FORMATS) throw invalidSdp("The body is not SDP: a media line is malformed");
  return { kind: match[1] ?? "", port, protocol: match[3] ?? "", formats };
}

/** A session description. Throws `invalid_sdp` with a sentence for everything that is none. */
export function readSdp(text: string, limits: SdpLimits = strict): SdpSession {
  const lines = readLines(text, limits);
  const head = lines
    .slice(0, 2)
    .map(([type]) => type)
    .join("");
  if (head !== "vo" || lines[0]?.[1] !== "0") throw invalidSdp("The body is not an SDP offer: it does not begin with v=0 and o=");
  const session: SdpAttribute[] = [];
  const media: (Omit<SdpMedia, "attributes"> & { attributes: SdpAttribute[] })[] = [];
  for (const [type, value] of lines) {
    if (type === "m") {
      if (media.length === limits.media) throw invalidSdp(`The SDP has more than ${limits.media} media lines`);
      media.push({ ...readMediaLine(value), attributes: [] });
    } else if (type === "a") {
      (media.at(-1)?.attributes ?? session).push(readAttribute(value));
    }
  }
  return { attributes: session, media };
}
