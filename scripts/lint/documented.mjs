/** Rules about words in code: a comment at the top of each file, a doc comment on each export. */
import { isTest, placeOf } from "./place.mjs";

/**
 * The names that an exported declaration brings.
 * @param {import("./rule.mjs").Node} declaration
 * @returns {string[]}
 */
function namesOf(declaration) {
  if (declaration.type !== "VariableDeclaration") return [declaration.id?.name ?? "default"];
  return declaration.declarations.map((/** @type {any} */ one) => one.id.name ?? "pattern");
}

/**
 * Whether a doc comment stands before an export; decorators may stand between.
 * @param {import("./rule.mjs").Context} context
 * @param {import("./rule.mjs").Node} node
 * @returns {boolean}
 */
function hasDoc(context, node) {
  const decorator = node["declaration"]?.decorators?.[0];
  return [node, decorator]
    .filter(Boolean)
    .flatMap((from) => context.sourceCode.getCommentsBefore(from))
    .some((comment) => comment.type === "Block" && comment.value.startsWith("*"));
}

/**
 * Whether an export only gives a zod schema's type its name; the schema before it carries the comment.
 * @param {any} declaration
 * @returns {boolean}
 */
function isInferred(declaration) {
  const name = declaration.typeAnnotation?.typeName;
  return declaration.type === "TSTypeAliasDeclaration" && name?.left?.name === "z" && /^(infer|input|output)$/.test(name.right.name);
}

/** Rule `replay/documented`: every export says what it is. @type {import("./rule.mjs").Rule} */
export const documented = {
  create(context) {
    if (isTest(placeOf(context)) || /\.config\.\w+$/.test(context.filename)) return {};
    /** A type beside the value of the same name, and the overloads of a function, share one comment. @type {Set<string>} */
    const said = new Set();
    /** @param {any} node */
    const look = (node) => {
      if (!node.declaration || isInferred(node.declaration)) return;
      const names = namesOf(node.declaration);
      if (hasDoc(context, node)) names.forEach((name) => said.add(name));
      else if (!names.every((name) => said.has(name))) {
        context.report({ node, message: `Say in a doc comment what ${names.join(", ")} is: unit, shape, errors, lifetime.` });
      }
    };
    return { ExportNamedDeclaration: look, ExportDefaultDeclaration: look };
  },
};

/** Rule `replay/file-comment`: a file starts with what it is and how it fits. @type {import("./rule.mjs").Rule} */
export const fileComment = {
  create(context) {
    return {
      Program(node) {
        const text = context.sourceCode.text.replace(/^#!.*\n/, "").trimStart();
        if (!/^\/[*/]/.test(text)) context.report({ node, message: "Start the file with a short comment: what it is and how it fits." });
      },
    };
  },
};

/** Rule `replay/file-name`: folder = noun, file = verb or thing; no drawers for everything. @type {import("./rule.mjs").Rule} */
export const fileName = {
  create(context) {
    const drawer = placeOf(context)
      .split("/")
      .find((part) => /^(utils?|helpers?|misc|common|shared|lib)(\.|$)/i.test(part));
    if (!drawer) return {};
    return {
      Program(node) {
        context.report({ node, message: `"${drawer}" says nothing: name the noun (folder) and the thing or verb (file).` });
      },
    };
  },
};
