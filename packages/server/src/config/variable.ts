/** What one configuration variable is, and the kinds of text that variables hold: numbers, sizes, addresses, choices. */
import { isIP } from "node:net";
import { z } from "zod";

/** One variable of the environment, as the configuration page and the reader see it. */
export interface Variable<Value> {
  /** Turns the text into the value; refuses what is not allowed. */
  readonly schema: z.ZodType<Value, string>;
  /** What stands in when it is unset; null: nothing does. */
  readonly fallback: string | null;
  /** What is allowed, for the sentence that stops the start: completes "allowed is …". */
  readonly allowed: string;
  /** What it does, for the configuration page. */
  readonly about: string;
  /** Its value is never printed. */
  readonly secret?: boolean;
}

/** A whole number within bounds, both included. */
export function wholeNumber(least: number, most: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
}

const unitBytes = { "": 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;
const sizePattern = /^(\d+(?:\.\d+)?) ?(B|KB|MB|GB|TB|)$/i;

/** A number of bytes, or a number with a decimal unit (`5 GB` is 5e9 bytes). */
export const byteSize: z.ZodType<number, string> = z
  .string()
  .regex(sizePattern)
  .transform((text) => {
    const match = sizePattern.exec(text);
    const unit = (match?.[2] ?? "").toUpperCase() as keyof typeof unitBytes;
    return Math.round(Number(match?.[1]) * unitBytes[unit]);
  })
  .pipe(z.number().int().nonnegative());

/** An http or https address without query, fragment or user; a slash at its end is dropped. */
export const httpUrl: z.ZodType<string, string> = z
  .string()
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && url.username === "";
  })
  .transform((text) => text.replace(/\/+$/, ""));

/** A list with commas between its entries; spaces around an entry are dropped. */
export function listOf<Value>(entry: z.ZodType<Value, string>): z.ZodType<Value[], string> {
  return z
    .string()
    .transform((text) =>
      text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== ""),
    )
    .pipe(z.array(entry));
}

/** `on` or `off`; `true`, `1`, `yes` and their opposites say the same. */
export const onOff: z.ZodType<boolean, string> = z
  .string()
  .toLowerCase()
  .pipe(z.enum(["on", "off", "true", "false", "1", "0", "yes", "no"]))
  .transform((text) => ["on", "true", "1", "yes"].includes(text));

/** Any text that is not empty. */
export const anyText: z.ZodType<string, string> = z.string().min(1);

/** How many requests in a minute; `off` is 0, which is no limit. */
export const perMinute: z.ZodType<number, string> = z
  .string()
  .transform((text) => (text.toLowerCase() === "off" ? "0" : text))
  .pipe(wholeNumber(0, 100_000));

const namedNetworks = ["loopback", "linklocal", "uniquelocal"];

function isNetwork(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const most = isIP(address) === 4 ? 32 : 128;
  return namedNetworks.includes(text) || (isIP(address) !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)));
}

/** Addresses and networks (CIDR, or by name). */
export const networks: z.ZodType<string[], string> = listOf(z.string().refine(isNetwork));
