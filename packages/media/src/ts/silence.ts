/** AAC silence (ISO/IEC 14496-3): a whole frame of 1024 samples in which every band is empty, for holes in the sound of a clip. */

/** Made once by an encoder from silence, without its ADTS header. */
const MONO = Uint8Array.of(0x01, 0x18, 0x20, 0x07);
const STEREO = Uint8Array.of(0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c);

/** The bytes of one silent frame. They are shared: never change them. */
export const silentFrame = (channels: number): Uint8Array => (channels === 1 ? MONO : STEREO);
