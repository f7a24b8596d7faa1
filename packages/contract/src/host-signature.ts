/**
 * How requests to a host application are signed: `Livekit-Replay-Signature: t=<Unix time in s>,v1=<hex>`, where v1 is the HMAC-SHA256, with `HOST_SECRET`,
 * of time, method, path (with its query, as it was sent) and body, with a line feed between them.
 */

/** Web Cryptography as browsers and Node have it: this package knows neither's library. */
declare const crypto: {
  readonly subtle: {
    importKey(format: "raw", key: Uint8Array, algorithm: object, extractable: boolean, usages: readonly string[]): Promise<object>;
    sign(algorithm: "HMAC", key: object, data: Uint8Array): Promise<ArrayBuffer>;
    verify(algorithm: "HMAC", key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  };
};
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** The header of the signature, in lower case. */
export const hostSignatureHeader = "livekit-replay-signature";

/** A request as it is signed. */
export interface HostRequest {
  /** `HOST_SECRET` */
  readonly secret: string;
  readonly method: string;
  /** With its query, as it was sent: the path of `HOST_URL` belongs to it. */
  readonly path: string;
  /** As it was sent, byte for byte; empty when there is none. */
  readonly body: string;
}

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const keyOf = (secret: string): Promise<object> =>
  crypto.subtle.importKey("raw", encoded(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
const signedText = ({ method, path, body }: HostRequest, atSeconds: number): Uint8Array =>
  encoded(`${atSeconds}\n${method.toUpperCase()}\n${path}\n${body}`);

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** The value of the header. */
export async function signHostRequest(request: HostRequest, atMs: number): Promise<string> {
  const atSeconds = Math.floor(atMs / 1000);
  const signature = await crypto.subtle.sign("HMAC", await keyOf(request.secret), signedText(request, atSeconds));
  const hex = Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `t=${atSeconds},v1=${hex}`;
}

/** A request as a host application got it. */
export interface ReceivedHostRequest extends HostRequest {
  /** The header; undefined when there is none. */
  readonly signature: string | undefined;
  /** Unix time in ms. Default: now. */
  readonly nowMs?: number;
  /** How far the clocks may be apart, and how old a request may be. Default: 300 s. */
  readonly toleranceSeconds?: number;
}

/** Whether a request comes from the server that knows the secret, and is not an old one. Compares in constant time; never throws for what was sent. */
export async function verifyHostRequest(request: ReceivedHostRequest): Promise<boolean> {
  const { signature = "", nowMs = Date.now(), toleranceSeconds = 300, secret } = request;
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature);
  if (!match || secret === "") return false;
  const atSeconds = Number(match[1]);
  if (Math.abs(nowMs / 1000 - atSeconds) > toleranceSeconds) return false;
  return crypto.subtle.verify("HMAC", await keyOf(secret), bytesOf(match[2] ?? ""), signedText(request, atSeconds));
}
