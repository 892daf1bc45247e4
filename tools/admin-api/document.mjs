// The API's OpenAPI document without a running API: nothing is listened on, no database is asked.
import { createApp } from "../../apps/api/src/app.ts";
import { apiConfig } from "@tandem/config";
import { makeSealer, makeSealingKeys } from "@tandem/secrets";
import { makeLogger } from "@tandem/telemetry";

/** @returns {Promise<Record<string, any>>} */
export async function apiDocument() {
  const { publicJwk } = await makeSealingKeys("document");
  const config = apiConfig({
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    TANDEM_KEY_PEPPER: "only for the document, nothing is made with it",
    TANDEM_SEALING_PUBLIC_KEY: publicJwk,
    TANDEM_PUBLIC_URL: "https://voice.example",
  });
  const parts = { config, store: {}, sealer: await makeSealer(config.sealingPublicKey), doorbell: {} };
  const { document } = await createApp(parts, makeLogger({ app: "api", level: "silent", isPretty: false }));
  return document;
}
