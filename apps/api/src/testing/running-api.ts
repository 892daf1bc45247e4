import { randomUUID } from "node:crypto";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { OpenAPIObject } from "@nestjs/swagger";
import { apiConfig } from "@tandem/config";
import { instant, Secret } from "@tandem/kernel";
import type { Actor, ActorRole, ControlStore, Tenant } from "@tandem/ports/store/control";
import { openDoorbell } from "@tandem/queue";
import { hashApiKeySecret, makeApiKey, makeSealer, makeSealingKeys } from "@tandem/secrets";
import { openControlStore } from "@tandem/store";
import { makeLogger } from "@tandem/telemetry";
import { createApp } from "../app.ts";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies of any shape
  readonly body: any;
}

/** The API on a database of its own, asked as clients ask it. */
export interface RunningApi {
  readonly app: NestFastifyApplication;
  readonly document: OpenAPIObject;
  readonly store: ControlStore;
  readonly privateJwk: Secret;
  tenant(slug: string): Promise<Tenant>;
  /** A key with these roles; `null` makes a platform key. */
  key(tenant: Tenant | null, ...roles: ActorRole[]): Promise<string>;
  ask(
    key: string | null,
    method: string,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

const PLATFORM: Actor = {
  tenantId: null,
  subject: "system:test",
  roles: ["platform-admin"],
  via: "api",
  requestId: "test",
};

export async function runApi(databaseUrl: string, environment: Record<string, string> = {}): Promise<RunningApi> {
  const sealing = await makeSealingKeys("test");
  const config = apiConfig({
    DATABASE_URL: databaseUrl,
    TANDEM_KEY_PEPPER: "pepper-for-tests",
    TANDEM_SEALING_PUBLIC_KEY: sealing.publicJwk,
    TANDEM_PUBLIC_URL: "https://voice.example",
    ...environment,
  });
  const store = openControlStore({ url: databaseUrl });
  const doorbell = openDoorbell({ redisUrl: null, databaseUrl }, () => undefined, randomUUID);
  const parts = { config, store, sealer: await makeSealer(config.sealingPublicKey), doorbell };
  const { app, document } = await createApp(parts, makeLogger({ app: "api", level: "silent", isPretty: false }));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    document,
    store,
    privateJwk: new Secret(sealing.privateJwk),
    tenant: (slug) => store.createTenant(PLATFORM, { slug, name: slug }),
    key: async (tenant, ...roles) => {
      const made = makeApiKey("test");
      const secretHash = hashApiKeySecret(config.keyPepper, made.secret);
      const tenantId = tenant?.id ?? null;
      const expiresAt = instant(Date.now() + 3_600_000);
      await store.createApiKey(
        { ...PLATFORM, tenantId },
        { keyId: made.keyId, secretHash, name: "test", roles, tenantId, expiresAt },
      );
      return made.key;
    },
    ask: async (key, method, url, body, headers = {}) => {
      const answer = await app.inject({
        method: method as "GET",
        url,
        ...(body === undefined ? {} : { payload: body as object }),
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
          ...headers,
        },
      });
      return { status: answer.statusCode, headers: answer.headers as Record<string, string>, body: parse(answer.body) };
    },
    close: () => app.close(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
