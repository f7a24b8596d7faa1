/**
 * The walls between packages and folders, as one table. The arrows are those of docs/design/layout.md:
 * contract <- media <- server, and contract <- client <- react <- web.
 */
import { isBuiltin } from "node:module";
import { isTest, packageOf, placeOf, targetOf } from "./place.mjs";

/** Which packages of the workspace a package may import. @type {Record<string, readonly string[]>} */
const PACKAGES = {
  contract: [],
  media: ["contract"],
  client: ["contract"],
  react: ["client", "contract"],
  web: ["react", "client", "contract"],
  server: ["contract", "media"],
  peers: ["contract", "media", "client"],
};

/** What tests may import besides: real network peers, and the client against a real server. */
const FOR_TESTS = ["peers", "client", "contract", "media"];

/** Packages that run in a browser as well, or promise to do no input and output. */
const PURE = ["contract", "media", "client", "react", "web"];

const SCOPE = "@livekit-replay/";

/**
 * One wall: files of `inside` (and not of `except`) must not import what `banned` matches.
 * @typedef {{ inside: RegExp, except?: RegExp, banned: RegExp, why: string }} Wall
 */

const SERVER = "packages/server/src/";

/** @param {string} folders names of server folders, separated by | */
const folders = (folders) => new RegExp(`^${SERVER}(${folders})/`);

/** Walls that tests must keep too. @type {readonly Wall[]} */
const STRICT = [
  {
    inside: /^packages\/(?!media\/)/,
    banned: /^mediabunny(\/|$)/,
    why: "The muxer is wrapped by packages/media; use what it exports.",
  },
  {
    inside: /^packages\/(contract|media|client|react|web)\//,
    except: /^packages\/react\/(src\/livekit|test)\//,
    banned: /^(@nestjs\/|livekit|@livekit\/|node-datachannel|kysely|mongodb|fastify|@fastify\/)/,
    why: "This package knows no framework, no LiveKit (but react/src/livekit), no WebRTC library and no database.",
  },
];

/** Walls of the product itself; tests may look behind them. @type {readonly Wall[]} */
const PRODUCT = [
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}(store|config|platform)/`),
    banned: /^(node:)?fs(\/promises)?$/,
    why: "Only store/ touches segment and clip files (config/ and platform/ may read settings).",
  },
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}catalog/sqlite/open\\.ts$`),
    banned: /^node:sqlite$/,
    why: "Only one file of catalog/sqlite/ knows node:sqlite, which is a release candidate.",
  },
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}catalog/`),
    banned: /^kysely(\/|$)/,
    why: "Only catalog/ speaks SQL; use the database port.",
  },
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}catalog/mongodb/`),
    banned: /^mongodb(\/|$)/,
    why: "Only catalog/mongodb/ knows MongoDB's driver; use the database port.",
  },
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}catalog/(sqlite|mongodb)/`),
    banned: new RegExp(`^${SERVER}catalog/(sqlite|mongodb)/(?!module|index)`),
    why: "Ask the database port in catalog/, not one of the databases behind it.",
  },
  {
    inside: /^packages\/server\//,
    except: new RegExp(`^${SERVER}recorders/`),
    banned: /^node-datachannel(\/|$)/,
    why: "Native WebRTC code runs in the recorder process only, so that its crash ends no request.",
  },
  {
    inside: folders("platform|config"),
    banned: folders("recorders|store|catalog|sessions|clips|quotas|communities|playback|events|cleanup"),
    why: "platform/ and config/ serve every feature and know none.",
  },
  {
    inside: folders("store"),
    banned: folders("recorders|sessions|clips|communities|playback|events|cleanup|auth|directory"),
    why: "store/ knows files, rows and the ledger, and nothing of who records, plays or owns them.",
  },
  {
    inside: folders("recorders"),
    banned: folders("clips|playback|quotas|communities|cleanup|auth|directory|catalog"),
    why: "Recording knows nothing of clips, playback or people.",
  },
  {
    inside: folders("playback"),
    banned: folders("recorders|cleanup|quotas"),
    why: "Playing back knows nothing of recording or clean-up.",
  },
  {
    inside: folders("cleanup"),
    banned: folders("playback"),
    why: "Clean-up knows nothing of playback.",
  },
];

/** HTTP exceptions of Nest are for the edge: domain code throws errors of the catalogue. */
const EDGE = new RegExp(`^${SERVER}((platform|auth)/|.*controller\\.ts$|.*\\.test\\.ts$)`);

/**
 * Why a workspace package must not be imported here, if so.
 * @param {string} place
 * @param {string} target
 * @returns {string | undefined}
 */
function packageWall(place, target) {
  const home = packageOf(place);
  const test = isTest(place);
  if (target.startsWith(SCOPE)) {
    const [name = "", ...deep] = target.slice(SCOPE.length).split("/");
    const testing = name === "media" && deep.join("/") === "testing";
    const styles = deep.at(-1)?.endsWith(".css");
    if (deep.length > 0 && !testing && !styles) return "Import a package by its name, not a file inside it.";
    if (testing && home && !["media", "peers"].includes(home.name) && !test) return "media/testing is for tests and peers.";
    if (!home || name === home.name) return undefined;
    const may = [...(PACKAGES[home.name] ?? []), ...(test ? FOR_TESTS : [])];
    return may.includes(name) ? undefined : `packages/${home.name} must not know packages/${name} (see docs/design/layout.md).`;
  }
  const other = packageOf(target);
  if (home && other && other.name !== home.name) return "Import another package by its name, not by a path.";
  return undefined;
}

/**
 * Why an import must not stand in this file, if so.
 * @param {string} place path of the importing file from the root
 * @param {string} specifier as written
 * @returns {string | undefined}
 */
function wallBetween(place, specifier) {
  const target = targetOf(place, specifier);
  const between = packageWall(place, target);
  if (between) return between;
  const home = packageOf(place);
  const test = isTest(place);
  const source = home !== undefined && /^packages\/[^/]+\/src\//.test(place);
  if (source && !test && PURE.includes(home.name) && isBuiltin(specifier)) return `packages/${home.name} runs without Node's modules.`;
  const walls = test ? STRICT : [...STRICT, ...PRODUCT];
  return walls.find((wall) => wall.inside.test(place) && !wall.except?.test(place) && wall.banned.test(target))?.why;
}

/** Rule `replay/walls`: imports follow the arrows. @type {import("./rule.mjs").Rule} */
export const walls = {
  create(context) {
    const place = placeOf(context);
    /** @param {import("./rule.mjs").Node} node */
    const look = (node) => {
      const specifier = node["source"]?.value;
      if (typeof specifier !== "string") return;
      const message = wallBetween(place, specifier);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: look,
      ExportNamedDeclaration: look,
      ExportAllDeclaration: look,
      ImportExpression: look,
      TSImportType: look,
    };
  },
};

/** Rule `replay/domain-errors`: no Nest HTTP exception outside platform/, auth/ and controllers. @type {import("./rule.mjs").Rule} */
export const domainErrors = {
  create(context) {
    const place = placeOf(context);
    if (!place.startsWith(SERVER) || EDGE.test(place)) return {};
    return {
      ImportDeclaration(node) {
        if (node.source.value !== "@nestjs/common") return;
        for (const specifier of node.specifiers) {
          if (!specifier.imported?.name?.endsWith("Exception")) continue;
          context.report({ node: specifier, message: "Domain code throws errors of the catalogue, never an HTTP exception." });
        }
      },
    };
  },
};
