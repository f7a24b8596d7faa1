/** The `Idempotency-Key` header. */
import { ReplayError } from "@livekit-replay/contract";

const shape = /^[\x21-\x7e]{1,200}$/;

/** The key, if there is one. @throws ReplayError `invalid_request` for one that is too long or not printable ASCII. */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (shape.test(header)) return header;
  const message = "must be 1 to 200 printable ASCII characters without spaces";
  throw new ReplayError("invalid_request", { detail: `Idempotency-Key: ${message}`, errors: [{ field: "Idempotency-Key", message }] });
}
