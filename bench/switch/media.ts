// What a media process does to know its pointers, without the telephone: says each generation when it is in memory.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@tandem/kernel";
import { openPointerFeed } from "@tandem/store";
import { makeLogger } from "@tandem/telemetry";
import { PointerWatch } from "../../apps/media/src/pointer/pointer-watch.ts";
import { ServedDeployments } from "../../apps/media/src/pointer/served-deployments.ts";

const feed = openPointerFeed({ url: process.env["TANDEM_BENCH_MEDIA_URL"] ?? "" });
const served = new ServedDeployments();
const dataDir = mkdtempSync(join(tmpdir(), "tandem-bench-media-"));
const log = makeLogger({ app: "media", level: "silent", isPretty: false });
const watch = new PointerWatch({
  feed,
  node: { id: randomUUID(), name: "bench", region: "local" },
  delivered: async () => true,
  served,
  dataDir,
  ticketKey: new Secret("bench"),
  pollMs: 1000,
  log,
});

let last = -1;
served.onChange = ({ pointer }) => {
  if (pointer.generation === last) return;
  last = pointer.generation;
  process.send?.({ move: String(last), at: String(process.hrtime.bigint()) });
};
await watch.start();
process.send?.({ isReady: true });
process.on("disconnect", () => {
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
