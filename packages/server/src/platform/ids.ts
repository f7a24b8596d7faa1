/** Ids that nobody can guess: 16 random bytes as base64url (22 characters). */
import { randomBytes } from "node:crypto";

/** A new id: unique, and of no meaning. */
export const newId = (): string => randomBytes(16).toString("base64url");
