// `npm start` and, with --watch, `npm run dev`: everything Tandem needs on this machine, with one command.
// Imports nothing outside node: until the dependencies are certainly there.
await import("./ensure-installed.mjs");
const { up } = await import("./up/launcher.mjs");
await up({ watch: process.argv.includes("--watch") });
