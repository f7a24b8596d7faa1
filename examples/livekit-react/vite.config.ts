/** Builds the page of the example from what the packages publish (`dist`), as an application outside of this repository does. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", sourcemap: true, chunkSizeWarningLimit: 2000 },
});
