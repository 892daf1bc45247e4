import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env["TANDEM_URL"] ?? "http://127.0.0.1:4000";
/** What the API answers itself; everything else is the UI's. */
const OF_THE_API = ["/v1", "/auth", "/docs", "/openapi.json", "/links"];

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwind()],
  resolve: { conditions: ["@tandem/source", "module", "browser", "development|production"] },
  build: {
    outDir: "dist/site",
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0, // the policy allows no data: addresses for fonts
    modulePreload: { polyfill: false },
    target: "baseline-widely-available",
    cssMinify: "lightningcss",
    reportCompressedSize: false,
  },
  server: {
    port: 4001,
    strictPort: true,
    proxy: Object.fromEntries(OF_THE_API.map((path) => [path, { target: api, changeOrigin: false }])),
  },
});
