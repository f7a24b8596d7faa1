/** Reads what a row of the audit log has of before and after: JSON that another version of the server may have written. */

/** The value of a field; undefined where there is none. */
export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** A text; the second where there is none. */
export const textOf = (value: unknown, name: string, otherwise: string): string => {
  const field = fieldOf(value, name);
  return typeof field === "string" ? field : otherwise;
};

/** A number; undefined where there is none. */
export const numberOf = (value: unknown, name: string): number | undefined => {
  const field = fieldOf(value, name);
  return typeof field === "number" ? field : undefined;
};

/** Texts of a list; none where there is no list. */
export const listOf = (value: unknown, name: string): readonly string[] => {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field.filter((one): one is string => typeof one === "string") : [];
};
