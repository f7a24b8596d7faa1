/** Where in the administration an address leads. */
import { decoded } from "../layout/routes.js";
import { communityParts, sections, type CommunityPart, type Section } from "./may.js";

/** A view of the administration. */
export type Place =
  | { readonly is: "start" }
  | { readonly is: "section"; readonly section: Section }
  /** `part` null: the first one. */
  | { readonly is: "community"; readonly communityId: string; readonly part: CommunityPart | null }
  | { readonly is: "nowhere" };

const nowhere: Place = { is: "nowhere" };

/** Reads a path below `/admin`, as the browser has it (escaped): ids may have slashes and percent signs in them. */
export const placeOf = (pathname: string): Place => {
  const [first, id, last, ...rest] = pathname.split("/").filter((name, index) => index > 1 && name !== "");
  if (first === undefined) return { is: "start" };
  const section = sections.find((one) => one === first);
  if (section === undefined || rest.length > 0) return nowhere;
  if (id === undefined) return { is: "section", section };
  const communityId = decoded(id);
  const part = communityParts.find((one) => one === last) ?? null;
  if (section !== "communities" || communityId === undefined || (last !== undefined && part === null)) return nowhere;
  return { is: "community", communityId, part };
};
