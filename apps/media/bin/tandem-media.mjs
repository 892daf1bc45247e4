#!/usr/bin/env node
// The built program; from a fresh clone `npm run build` makes it.
await import("../dist/main.js");
