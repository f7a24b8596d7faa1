/** The commands of README.md, as a person pastes them. */

/**
 * The text of all `sh` blocks of one part of a page, in their order.
 * @param {string} page
 * @param {string} from the words that the part begins with
 * @param {string} to the words that it ends before
 * @returns {string}
 * @throws {Error} when the page has no such part, or the part no block
 */
export function commandsOf(page, from, to) {
  const begin = page.indexOf(from);
  const end = page.indexOf(to, begin);
  if (begin < 0 || end < 0) throw new Error(`the page has no part from "${from}" to "${to}"`);
  const blocks = [...page.slice(begin, end).matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  if (blocks.length === 0) throw new Error(`the part from "${from}" has no commands`);
  return blocks.join("\n");
}
