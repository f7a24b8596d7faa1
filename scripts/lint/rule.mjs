/** The part of the linter's plugin interface that the rules here use. */

/**
 * A node of the syntax tree; its shape depends on `type`, so rules look before they read.
 * @typedef {Record<string, any> & { type: string }} Node
 */

/**
 * @typedef {object} Context
 * @property {string} filename absolute path of the file
 * @property {string} cwd where the linter runs: the root of the repository
 * @property {{ getCommentsBefore(node: Node): { type: string, value: string }[], text: string, ast: Node }} sourceCode
 * @property {(problem: { node: Node, message: string }) => void} report
 */

/**
 * @typedef {object} Rule
 * @property {(context: Context) => Record<string, (node: any) => void>} create
 */

export {};
