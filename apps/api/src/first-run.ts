// A program of its own: prints the link by which the first administrator comes in, as long as nobody has. It works once, for a day, and a
// link made before ends; only its hash is kept. For whoever has the API's environment: `npm start`, or a shell in the API's container.
import { apiConfig } from "@tandem/config";
import { instant } from "@tandem/kernel";
import { hashBearerToken, makeBearerToken } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { publicUrl } from "./auth/public-origin.ts";

const DAY_MS = 86_400_000;

const config = apiConfig();
const store = openControlStore({ url: config.databaseUrl, applicationName: "tandem-first-run" });
try {
  const token = makeBearerToken();
  const hash = hashBearerToken(config.keyPepper, "invitation", token);
  const made = hash === null ? null : await store.makeFirstRun(hash, instant(Date.now() + DAY_MS));
  if (made !== null) console.log(`${publicUrl(config)}/welcome#${token}`);
} finally {
  await store.close();
}
