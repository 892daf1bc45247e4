// The one-time link by which the first administrator comes in, as long as nobody has: printed once, kept as a hash, good for a day; a
// link made before ends. Runs with the API's environment; prints nothing when somebody has been here.
import { apiConfig } from "@tandem/config";
import { instant } from "@tandem/kernel";
import { hashBearerToken, makeBearerToken } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";

const DAY_MS = 86_400_000;

const config = apiConfig();
const store = openControlStore({ url: config.databaseUrl, applicationName: "tandem-first-run" });
try {
  const token = makeBearerToken();
  const hash = hashBearerToken(config.keyPepper, "invitation", token);
  const made = await store.makeFirstRun(hash, instant(Date.now() + DAY_MS));
  if (made !== null) console.log(`${config.apiUrl ?? `http://127.0.0.1:${config.port}`}/welcome#${token}`);
} finally {
  await store.close();
}
