/** Bytes of the short ASCII texts that RTP and RTCP carry (mid, canonical name). */

/** One byte per character; `TypeError` for a character outside ASCII. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    if (code > 127) throw new TypeError(`text must be ASCII: ${text}`);
    return code;
  });
}
