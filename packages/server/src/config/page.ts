/** The configuration page of the guide, made from the table of variables. */
import { chapters } from "./variables.js";
import type { Variable } from "./variable.js";

const cell = (text: string): string => text.replaceAll("|", "\\|");

function row(name: string, variable: Variable<unknown>): string {
  const fallback = variable.fallback === null ? "none" : `\`${variable.fallback}\``;
  return `| \`${name}\` | ${fallback} | ${cell(variable.about)} | ${cell(variable.allowed)} |`;
}

/** The Markdown text of `docs/guide/configuration.md`. */
export function configurationPage(): string {
  const parts = [
    "# Configuration",
    "",
    "<!-- Made from packages/server/src/config/variables.ts by `npm run generate`; do not edit. -->",
    "",
    "The server reads these variables once, when it starts, from the environment or from a file `.env` in the folder it is started in",
    "(the environment wins). A wrong value stops the start with a sentence that names the variable, its value and what is allowed.",
  ];
  for (const [title, table] of Object.entries(chapters)) {
    parts.push("", `## ${title}`, "", "| Variable | Default | What it does | Allowed |", "| --- | --- | --- | --- |");
    for (const [name, variable] of Object.entries(table as Record<string, Variable<unknown>>)) parts.push(row(name, variable));
  }
  return `${parts.join("\n")}\n`;
}
