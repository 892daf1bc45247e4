import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxCollection, SandboxRequest, SandboxWorld } from "@tandem/ports/sandbox";

/** A workspace at the vendor: its keys, its plan and how much it may do at the same time. */
export interface AccountRow extends JsonObject {
  readonly id: string;
  readonly apiKeys: readonly Json[];
  readonly tier: string;
  readonly status: string;
  /** Contexts that are spoken at the same time. The setting `concurrency` overrides it. */
  readonly concurrency: number;
  /** Characters of the month. The setting `characterLimit` overrides it. */
  readonly characterLimit: number;
}

/** The account of a fresh sandbox. */
export const demoAccount = {
  id: "elevenlabs-demo",
  apiKey: "sk_sandbox_elevenlabs_demo_0123456789",
  /** A voice of the library. */
  voice: "21m00Tcm4TlvDq8ikWAM",
  model: "eleven_flash_v2_5",
} as const;

export const MODELS: readonly string[] = [
  "eleven_flash_v2_5",
  "eleven_flash_v2",
  "eleven_turbo_v2_5",
  "eleven_turbo_v2",
  "eleven_multilingual_v2",
];

export const VOICES: readonly string[] = [demoAccount.voice, "EXAVITQu4vr4xnSDxMaL"];

export const accounts = (world: SandboxWorld): SandboxCollection<AccountRow> =>
  world.collection<AccountRow>("accounts");

export function plantDemo(world: SandboxWorld): void {
  const { id, apiKey } = demoAccount;
  if (accounts(world).get(id) !== undefined) return;
  accounts(world).put(id, {
    id,
    apiKeys: [apiKey],
    tier: "scale",
    status: "active",
    concurrency: 1000,
    characterLimit: 1_000_000_000,
  });
}

/** Changes the demo's plan or how it is paid for. Input: members of the account. */
export async function setAccount(input: JsonObject, world: SandboxWorld): Promise<JsonObject> {
  const row = accounts(world).get(demoAccount.id);
  if (row === undefined) throw new TypeError("there is no account");
  accounts(world).put(row.id, { ...row, ...input, id: row.id });
  return {};
}

/** The account of a request's key; null when it has none or a revoked one. */
export function authenticated(request: SandboxRequest, world: SandboxWorld): AccountRow | null {
  const key = request.headers["xi-api-key"] ?? "";
  const account = accounts(world)
    .all()
    .find(({ apiKeys }) => apiKeys.includes(key));
  return account === undefined || world.isRevoked(key) ? null : account;
}
