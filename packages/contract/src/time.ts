/**
 * Branded time. No bare `number` is a time in this code: a unit is part of the type, so that ticks, µs and ms cannot be mixed.
 * Each brand has one constructor; arithmetic is done on plain numbers and branded again where the unit is known.
 */

declare const unit: unique symbol;

/** Media time or a duration on a run's own timeline, in microseconds (integer). */
export type Micros = number & { readonly [unit]: "µs" };
/** A duration in milliseconds. */
export type Millis = number & { readonly [unit]: "ms" };
/** A 32-bit RTP timestamp, or an extended one, in ticks of its clock rate (RFC 3550, 5.1). */
export type RtpTicks = number & { readonly [unit]: "ticks" };
/** An instant: Unix time in milliseconds, by the server's clock. */
export type WallMs = number & { readonly [unit]: "wall ms" };

/** Brands a number of microseconds; rounds to an integer. */
export const micros = (value: number): Micros => Math.round(value) as Micros;
/** Brands a number of milliseconds. */
export const millis = (value: number): Millis => value as Millis;
/** Brands a number of RTP ticks. */
export const rtpTicks = (value: number): RtpTicks => value as RtpTicks;
/** Brands a Unix time in milliseconds. */
export const wallMs = (value: number): WallMs => value as WallMs;

/** Milliseconds of a span of media time. */
export const microsToMillis = (value: Micros): Millis => millis(value / 1000);
/** Media time of a span of milliseconds; rounds to an integer. */
export const millisToMicros = (value: Millis): Micros => micros(value * 1000);
