/** Files of a clip that FFmpeg is making at this moment, and how far it is. */
import type { Clip, Conversion } from "@livekit-replay/contract";

/** The clip after news of a conversion. One that is done is no longer under way. */
export const withConversion = (clip: Clip, conversion: Conversion): Clip => {
  const others = clip.conversions.filter((one) => one.what !== conversion.what);
  return { ...clip, conversions: conversion.done >= 1 ? others : [...others, conversion] };
};

/** How far the making of a file is, in whole percent; undefined while it is not being made. */
export const percentOf = (clip: Clip, what: Conversion["what"]): number | undefined => {
  const conversion = clip.conversions.find((one) => one.what === what);
  return conversion === undefined ? undefined : Math.floor(conversion.done * 100);
};
