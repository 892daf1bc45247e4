// npm run demo: the whole story on an installation of its own (temporary data, free ports), told as it happens.
// Exits 0 only when each step really happened; every claim is checked against the API, the carrier and the vendors' ledgers.
await import("./ensure-installed.mjs");
const { demo } = await import("./demo/story.mjs");
process.exitCode = await demo();
