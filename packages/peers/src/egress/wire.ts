/** What `tools/egress-standin` says and is told: one JSON object a line. */

/** What goes wrong by itself until told otherwise. Without any, it works as egress does on a good day. */
export interface EgressFaults {
  /** Claims no request: the caller sees "no response from servers". */
  readonly noResponse?: boolean;
  /** Claims a request and refuses it with "not enough CPU". */
  readonly busy?: boolean;
  /** Takes a request and fails before it records, with this text. */
  readonly failAtStart?: string;
  /** Stays STARTING for so long before it joins the room. Not shortened by `speed`. */
  readonly slowStartMs?: number;
  /** Cannot write a file: "permission denied". */
  readonly unwritable?: boolean;
  /** For how long a playlist stands there half written, each time it is rewritten. Not shortened by `speed`. */
  readonly halfPlaylistMs?: number;
  /** Segments that reach storage damaged, by number. */
  readonly segments?: Readonly<Record<number, "truncated" | "empty" | "missing">>;
}

/** What happened, as the worker tells it. `atMs` is wall time. */
export type EgressEvent = { readonly atMs: number } & (
  | { readonly event: "ready" }
  /** A request was taken; `folder` is where its playlists go. */
  | { readonly event: "request"; readonly egressId: string; readonly room: string; readonly folder: string }
  /** A request was refused: see `EgressFaults.busy`. */
  | { readonly event: "busy"; readonly egressId: string }
  /** livekit-server was told this state and has it in its books. */
  | ({ readonly event: "status"; readonly egressId: string } & EgressStatus)
  /** A segment and the playlists that name it are written. */
  | ({ readonly event: "segment"; readonly egressId: string } & EgressSegment)
  /** livekit-server could not be told, or the manifest not written. */
  | { readonly event: "unreported" | "no-manifest"; readonly egressId: string; readonly reason: string }
  | { readonly event: "dropped"; readonly egressId: string; readonly status: string }
  /** A recording is over, whatever livekit-server believes. */
  | { readonly event: "gone"; readonly egressId: string }
  | { readonly event: "obeyed"; readonly id: number }
  | { readonly event: "refused"; readonly id?: number; readonly reason: string }
);

/** A state of egress, such as EGRESS_ACTIVE. `error` and `details` are empty when there are none. */
export interface EgressStatus {
  readonly status: string;
  readonly error: string;
  readonly errorCode: number;
  readonly details: string;
}

/** A segment in storage. `startMs` is its PROGRAM-DATE-TIME. A damaged one has the `bytes` that it should have. */
export interface EgressSegment {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  readonly startMs: number;
  readonly durationMs: number;
}

/** Reads a line. Throws `SyntaxError` for what is no event. */
export function readEgressLine(line: string): EgressEvent {
  const value: unknown = JSON.parse(line);
  if (typeof value === "object" && value !== null && "event" in value && typeof value.event === "string" && "atMs" in value)
    return value as EgressEvent;
  throw new SyntaxError(`No event: ${line.slice(0, 200)}`);
}
