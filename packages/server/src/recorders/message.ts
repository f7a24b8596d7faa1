/** A WebSocket message becomes an unknown value, to be checked against the contract. Both ends of the connection read alike. */
import type { RawData } from "ws";

/** The JSON in a message; null for what is none. */
export function readMessage(data: RawData): unknown {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch {
    return null;
  }
}
