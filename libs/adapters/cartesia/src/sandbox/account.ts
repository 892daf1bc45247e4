import type { Json, JsonObject } from "@tandem/kernel";
import type { SandboxCollection, SandboxRequest, SandboxWorld } from "@tandem/ports/sandbox";

/** An account at the vendor: its keys and how much it may do at the same time. */
export interface AccountRow extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly apiKeys: readonly Json[];
  /** Contexts spoken at the same time; ten times as many WebSockets. The setting `concurrency` overrides it. */
  readonly concurrency: number;
}

/** The account of a fresh sandbox. */
export const demoAccount = {
  id: "cartesia-demo",
  name: "Tandem demo",
  apiKey: "sk_car_sandbox_demo_0123456789",
  /** A voice of the catalogue. */
  voice: "a0e99841-438c-4a64-b679-ae501e7d6091",
  model: "sonic-3",
} as const;

export const MODELS: readonly string[] = ["sonic-2", "sonic-turbo", "sonic-3", "sonic-3.5", "sonic-latest"];

export const VOICES = [
  { id: demoAccount.voice, name: "Sandbox voice", gender: "feminine", description: "Calm and clear" },
  {
    id: "6ccbfb76-1fc6-48f7-b71d-91ac6298247b",
    name: "Second sandbox voice",
    gender: "masculine",
    description: "Warm",
  },
] as const;

export const accounts = (world: SandboxWorld): SandboxCollection<AccountRow> =>
  world.collection<AccountRow>("accounts");

export function plantDemo(world: SandboxWorld): void {
  const { id, name, apiKey } = demoAccount;
  if (accounts(world).get(id) === undefined)
    accounts(world).put(id, { id, name, apiKeys: [apiKey], concurrency: 1000 });
}

/** The account of a request's key (header, or `api_key` in the query of a WebSocket); null when it has none or a revoked one. */
export function authenticated(request: SandboxRequest, world: SandboxWorld): AccountRow | null {
  const key = /^Bearer (\S+)$/u.exec(request.headers["authorization"] ?? "")?.[1] ?? request.query.get("api_key") ?? "";
  const account = accounts(world)
    .all()
    .find(({ apiKeys }) => apiKeys.includes(key));
  return account === undefined || world.isRevoked(key) ? null : account;
}
