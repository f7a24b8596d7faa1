/** Builds the page: hashed files, no inline script (the server's content security policy forbids them), the player in a file of its own. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** `id: "…", message: "…"` of a text, as the code has it. */
const TEXT = /id: ("(?:[^"\\]|\\.)*"),\s*message: ("(?:[^"\\]|\\.)*")/g;

/**
 * The catalogue carries every message already: the copies beside the ids are left out of the build. A message that differs from the catalogue
 * ends the build, so that no old words are shipped (`npm run texts --workspace packages/web` renews it).
 */
const withoutCopies = (): Plugin => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8").replaceAll('"\n"', "");
  const [page, admin] = [read("src/locales/en.po"), read("src/admin/locales/en.po")];
  return {
    name: "replay:texts",
    apply: "build",
    transform: (code, file) => {
      const isAdmin = file.includes("/admin/texts/");
      if (!isAdmin && !file.endsWith("/texts/english.ts")) return null;
      const catalogue = isAdmin ? admin : page;
      const short = code.replace(TEXT, (_, id: string, message: string) => {
        if (!catalogue.includes(`msgid ${id}\nmsgstr ${message}\n`))
          throw new Error(`${isAdmin ? "admin/" : ""}locales/en.po does not have ${id} as ${message}: npm run texts`);
        return `id: ${id}, message: ""`;
      });
      return { code: short, map: null };
    },
  };
};

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [withoutCopies(), react(), lingui()],
  resolve: {
    alias: [
      { find: /^@livekit-replay\/react\/styles\.css$/, replacement: source("../react/src/styles.css") },
      { find: /^@livekit-replay\/(contract|client|react)$/, replacement: source("../$1/src/index.ts") },
    ],
  },
  build: { target: "es2023", sourcemap: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: { proxy: { "/livekit-replay": "http://127.0.0.1:3000" } },
});
