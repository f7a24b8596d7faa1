/** Wall time as an NTP timestamp (RFC 5905, 6), the form that `prft` carries; exact to 1 µs in both directions. */
import { type WallMs, wallMs } from "@livekit-replay/contract";

/** Seconds from 1900 to 1970. */
const UNIX_EPOCH = 2_208_988_800;
const ERA = 2 ** 32;

/** A 64-bit NTP timestamp. */
export interface NtpTime {
  /** Since 1900, modulo 2^32. */
  readonly seconds: number;
  /** In 2^-32 s. */
  readonly fraction: number;
}

/** The NTP time of an instant; after February 2036 the seconds have wrapped. */
export function toNtp(wall: WallMs): NtpTime {
  const micros = Math.round(wall * 1000);
  const seconds = Math.floor(micros / 1e6);
  return { seconds: (seconds + UNIX_EPOCH) % ERA, fraction: Math.round(((micros - seconds * 1e6) * ERA) / 1e6) };
}

/** The instant of an NTP time between 1968 and 2104: a clear top bit means after the wrap (RFC 4330, 3). */
export function fromNtp({ seconds, fraction }: NtpTime): WallMs {
  const unix = (seconds >= ERA / 2 ? seconds : seconds + ERA) - UNIX_EPOCH;
  return wallMs((unix * 1e6 + Math.round((fraction * 1e6) / ERA)) / 1000);
}
