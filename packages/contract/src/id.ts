/** Identifiers and names that come from outside, and their bounds. */
import { z } from "zod";

/** Ids that this server makes: 22 characters of base64url. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/, "must be an id");

const noControl = /^[^\p{Cc}\p{Cs}]*$/u;
const hasControl = "must not contain control characters";
const over150Bytes = "must be at most 150 bytes in UTF-8";
/** Bytes in UTF-8, without needing an encoder of the platform. */
const bytes = (text: string): number => {
  let sum = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    sum += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return sum;
};

/** A LiveKit room's name, or a room of the built-in directory: any text of 1 to 150 bytes in UTF-8 without control characters. Never used as a path unescaped. */
export const roomNameSchema = z
  .string()
  .min(1, "must not be empty")
  .max(150, { error: over150Bytes, abort: true })
  .refine((text) => bytes(text) <= 150, over150Bytes)
  .regex(noControl, hasControl);

/** A user's id (`sub` of the token): the same bounds as a room's name. */
export const userIdSchema = roomNameSchema;

/** A community's or channel's id as its directory gives it. */
export const directoryIdSchema = z
  .string()
  .min(1, "must not be empty")
  .max(150, "must be at most 150 characters")
  .regex(noControl, hasControl);

/** A name that people see: 1 to 100 characters without control characters, without space at its ends. */
export const displayNameSchema = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(100, "must be at most 100 characters")
  .regex(noControl, hasControl);

/** A clip's title: 1 to 200 characters without control characters, without space at its ends. Markup is text like any other. */
export const titleSchema = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(200, "must be at most 200 characters")
  .regex(noControl, hasControl);

/** Unix time in ms. */
export const instantSchema = z.number().int().nonnegative();
/** A length in ms. */
export const lengthMsSchema = z.number().nonnegative();

/** `page` counts from 1. */
export const pageQuerySchema = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1).describe("Counts from 1; beyond the last one is an empty page"),
  pageSize: z.coerce.number().int().min(1).max(100).default(24).describe("Items on a page"),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A page of a list. `total` counts all of it. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), page: z.number().int(), pageSize: z.number().int(), total: z.number().int().nonnegative() });
