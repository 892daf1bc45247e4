#!/usr/bin/env node
import { existsSync } from "node:fs";

const built = new URL("../dist/main.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error("tandem is not built yet. Run `npm run build` (or `npm start` once) and try again.");
  process.exitCode = 1;
}
