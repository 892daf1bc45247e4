import { randomUUID } from "node:crypto";
import { instant, Secret } from "@tandem/kernel";
import type { Actor, ActorRole, ControlStore } from "@tandem/ports/store/control";
import { hashApiKeySecret, makeApiKey, makeSealingKeys } from "@tandem/secrets";

export const PEPPER = "bench-pepper";

export const platform: Actor = {
  tenantId: null,
  subject: "system:bench",
  roles: ["platform-admin"],
  via: "api",
  requestId: "bench",
};

/** A new tenant, its administrator, and an API key of it with one role. */
export async function newTenant(
  store: ControlStore,
  role: ActorRole,
): Promise<{ actor: Actor & { tenantId: string }; key: string }> {
  const { id } = await store.createTenant(platform, { slug: `bench-${randomUUID().slice(0, 8)}`, name: "bench" });
  const actor = { ...platform, tenantId: id, roles: ["tenant-admin" as const] };
  const { key, keyId, secret } = makeApiKey("bench");
  const secretHash = hashApiKeySecret(new Secret(PEPPER), secret);
  await store.createApiKey(actor, {
    keyId,
    secretHash,
    name: "bench",
    roles: [role],
    tenantId: id,
    expiresAt: instant(Date.now() + 86_400_000),
  });
  return { actor, key };
}

/** Environment of a process that runs the API. */
export const apiEnvironment = async (): Promise<NodeJS.ProcessEnv> => ({
  ...process.env,
  DATABASE_URL: process.env["TANDEM_BENCH_API_URL"],
  TANDEM_KEY_PEPPER: PEPPER,
  TANDEM_SEALING_PUBLIC_KEY: (await makeSealingKeys("bench")).publicJwk,
  TANDEM_REQUESTS_PER_MINUTE: "1000000",
});
