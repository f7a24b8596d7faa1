/** Rules for tests: no sleeping, no mocks of our own modules, short cases. */
import { isTest, placeOf } from "./place.mjs";

/** The most lines that a function may have; the linter's own rule says the same outside tests. */
const MOST_LINES = 60;

const NO_SLEEP = "Wait for the event, with a limit; a sleep is either too short or wasted.";

/**
 * Whether an argument of `setTimeout` does nothing but resolve the promise around it.
 * @param {any} callback
 * @param {string} resolve name of the executor's first parameter
 * @returns {boolean}
 */
function onlyResolves(callback, resolve) {
  if (callback?.type === "Identifier") return callback.name === resolve;
  if (callback?.type !== "ArrowFunctionExpression") return false;
  const body = callback.body.type === "BlockStatement" ? callback.body.body[0]?.expression : callback.body;
  return body?.type === "CallExpression" && body.callee.name === resolve;
}

/**
 * Whether `new Promise(…)` is a sleep.
 * @param {any} node
 * @returns {boolean}
 */
function isSleep(node) {
  const executor = node.arguments[0];
  const resolve = executor?.params?.[0]?.name;
  if (node.callee.name !== "Promise" || !resolve) return false;
  const statements = executor.body.type === "BlockStatement" ? executor.body.body : [{ expression: executor.body }];
  if (statements.length !== 1) return false;
  const call = statements[0].expression;
  return call?.type === "CallExpression" && call.callee.name === "setTimeout" && onlyResolves(call.arguments[0], resolve);
}

/** Rule `replay/no-sleep`: tests wait for events. @type {import("./rule.mjs").Rule} */
export const noSleep = {
  create(context) {
    if (!isTest(placeOf(context))) return {};
    return {
      NewExpression(node) {
        if (isSleep(node)) context.report({ node, message: NO_SLEEP });
      },
      ImportDeclaration(node) {
        if (/^(node:)?timers\/promises$/.test(node.source.value)) context.report({ node, message: NO_SLEEP });
      },
      CallExpression(node) {
        if (node.callee.property?.name === "waitForTimeout") context.report({ node, message: NO_SLEEP });
      },
    };
  },
};

/** Rule `replay/no-module-mocks`: tests drive real parts. @type {import("./rule.mjs").Rule} */
export const noModuleMocks = {
  create(context) {
    return {
      CallExpression(node) {
        const { object, property } = node.callee;
        if (object?.name !== "vi" || !/^(mock|doMock|importMock|hoisted)$/.test(property?.name)) return;
        context.report({ node, message: "Use the real module; only clock, network peer and ids have in-memory versions." });
      },
    };
  },
};

/**
 * Whether a call is `describe(…)` or a form of it, such as `describe.each(…)(…)`.
 * @param {any} call
 * @returns {boolean}
 */
function isDescribe(call) {
  const callee = call?.type === "CallExpression" ? call.callee : undefined;
  return [callee?.name, callee?.object?.name, callee?.callee?.object?.name, callee?.property?.name].includes("describe");
}

/**
 * Whether a function only groups tests: what `describe` is given, or a suite that does nothing but call it.
 * @param {any} node
 * @returns {boolean}
 */
function isGroup(node) {
  const statements = node.body.type === "BlockStatement" ? node.body.body : [];
  return isDescribe(node.parent) || (statements.length === 1 && isDescribe(statements[0].expression));
}

/** Rule `replay/case-length`: a test's functions are as short as others; only what groups tests may be longer. @type {import("./rule.mjs").Rule} */
export const caseLength = {
  create(context) {
    if (!isTest(placeOf(context))) return {};
    /** @param {any} node */
    const look = (node) => {
      const lines = node.loc.end.line - node.loc.start.line + 1;
      if (lines > MOST_LINES && !isGroup(node)) context.report({ node, message: `${lines} lines; at most ${MOST_LINES}.` });
    };
    return { FunctionDeclaration: look, FunctionExpression: look, ArrowFunctionExpression: look };
  },
};
