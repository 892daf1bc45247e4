import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { apiConfig } from "@tandem/config";
import { openDoorbell } from "@tandem/queue";
import { makeSealer } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { makeLogger } from "@tandem/telemetry";
import { createApp } from "../../apps/api/src/app.ts";

/** Tandem's API as it runs, without its log lines; answers its port. */
export async function startApi(): Promise<number> {
  const config = apiConfig();
  const store = openControlStore({ url: config.databaseUrl, maxConnections: 10 });
  const doorbell = openDoorbell({ redisUrl: null, databaseUrl: config.databaseUrl }, () => undefined, randomUUID);
  const { app } = await createApp(
    { config, store, sealer: await makeSealer(config.sealingPublicKey), doorbell },
    makeLogger({ app: "api", level: "silent", isPretty: false }),
  );
  await app.listen(0, "127.0.0.1");
  return (app.getHttpServer().address() as AddressInfo).port;
}
