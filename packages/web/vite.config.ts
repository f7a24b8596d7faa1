/** Builds the page: hashed files, no inline script (the server's content security policy forbids them), the player in a file of its own. */
import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react(), lingui()],
  resolve: {
    alias: [
      { find: /^@livekit-replay\/react\/styles\.css$/, replacement: source("../react/src/styles.css") },
      { find: /^@livekit-replay\/(contract|client|react)$/, replacement: source("../$1/src/index.ts") },
    ],
  },
  build: { target: "es2023", sourcemap: true, modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 600 },
  server: { proxy: { "/livekit-replay": "http://127.0.0.1:3000" } },
});
