/** Attribute lists of playlist tags (RFC 8216, 4.2): `NAME=value,NAME="quoted"`. */
import { MediaFormatError } from "../segment/error.js";

const ATTRIBUTE = /([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)/uy;

/** Names and values (without their quotes); a name twice or anything between them is `malformed`. */
export function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  ATTRIBUTE.lastIndex = 0;
  while (ATTRIBUTE.lastIndex < text.length) {
    const [, name, quoted, plain] = ATTRIBUTE.exec(text) ?? [];
    if (name === undefined || found.has(name)) throw new MediaFormatError("malformed", "an attribute list of the playlist cannot be read");
    found.set(name, quoted ?? plain ?? "");
  }
  return found;
}
