/** ICE candidates of a publisher (RFC 8839, 5.1): only those with a literal address over UDP are handed on, so nothing is ever looked up for a stranger. */
import { isIP } from "node:net";

/** A candidate's `a=` value without the `a=`, rewritten from its checked parts; null for one that is ignored (mDNS name, TCP) or malformed. */
export function readCandidate(value: string): string | null {
  const fields = value
    .replace(/^candidate:/, "")
    .trim()
    .split(/ +/);
  const [foundation, component, transport, priority, address, port, typ, type] = fields;
  if (fields.length < 8 || fields.length > 40 || typ !== "typ") return null;
  if (!/^[A-Za-z0-9+/]{1,32}$/.test(foundation ?? "") || component !== "1" || transport?.toLowerCase() !== "udp") return null;
  if (!isNumber(priority, 2 ** 32 - 1) || !isNumber(port, 65_535) || Number(port) === 0) return null;
  if (address === undefined || isIP(address) === 0 || !["host", "srflx", "prflx", "relay"].includes(type ?? "")) return null;
  return `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}${relatedAddress(fields)}`;
}

const isNumber = (text: string | undefined, max: number): boolean => /^\d{1,10}$/.test(text ?? "") && Number(text) <= max;

/** Reflexive and relayed candidates name the address behind them; it is only information, so a strange one is left out. */
function relatedAddress(fields: readonly string[]): string {
  const [raddr, address, rport, port] = fields.slice(8, 12);
  if (raddr !== "raddr" || rport !== "rport" || address === undefined || isIP(address) === 0 || !isNumber(port, 65_535)) return "";
  return ` raddr ${address} rport ${port}`;
}
