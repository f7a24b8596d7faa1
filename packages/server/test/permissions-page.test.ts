/** The page of who may what is made of the table that the tests ask, and the table has a row for every rule. */
import { expect, test } from "vitest";
import { rules } from "../src/auth/rules.js";
import { about, columns, isAllowed, type Row, ruleKey, table } from "./rights-table.js";

test("every rule has a row, and every row a rule", () => {
  const rows = new Set(table.map(ruleKey));
  const inside = [...rules].filter(([, rule]) => rule.who !== "server").map(([route]) => route);
  expect(inside.filter((route) => !rows.has(route))).toEqual([]);
  expect([...rows].filter((route) => !rules.has(route))).toEqual([]);
});

/** Reserved methods answer everybody alike; there is nothing to be allowed. */
const isReserved = ({ cells }: Row): boolean => cells.every((cell) => cell === 405);

function page(): string {
  const shown = table.filter((row) => !isReserved(row) && !row.route.startsWith("OPTIONS"));
  const lines = shown.map((row) => {
    const cells = row.cells.map((cell) => (isAllowed(row, cell) ? "✔" : String(cell).slice(0, 3)));
    return `| \`${row.route}\`${row.which === undefined ? "" : ` ${row.which}`} | ${cells.join(" | ")} | ${row.note ?? ""} |`;
  });
  return [
    "# Who may what",
    "",
    "<!-- Made from packages/server/test/rights-table.ts by `npm run generate`; do not edit. -->",
    "",
    "Every route, asked by everybody. ✔: may. Otherwise the status of the refusal: what somebody may not know of is 404, what they know of and may not do is 403.",
    "A test asks all of it, on SQLite and on MongoDB. Addresses are below `/livekit-replay`, but for `/healthz`, `/readyz` and `/metrics`.",
    "",
    "| Who | |",
    "| --- | --- |",
    ...columns.map((who) => `| ${who} | ${about[who]} |`),
    "",
    `| Route | ${columns.join(" | ")} | |`,
    `| --- | ${columns.map(() => "---").join(" | ")} | --- |`,
    ...lines,
    "",
    "`GET` of files and playlists of a clip or session also takes a signed link (`?token=`): it speaks for the person who got it, and rights are asked again each time.",
    "",
  ].join("\n");
}

test("docs/ref/permissions.md is what the tests ask (`npm run generate` writes it)", async () => {
  await expect(page()).toMatchFileSnapshot("../../../docs/ref/permissions.md");
});
