import type { SandboxRequest, SandboxWorld } from "@tandem/ports/sandbox";
import type { ServiceName } from "../service.ts";

/** The demo account: one key for each service, all of them served by the one emulator. */
export const demoAccount = {
  id: "org-sandbox",
  apiKeys: {
    openai: "sandbox-openai-key-0001",
    groq: "sandbox-groq-key-0001",
    together: "sandbox-together-key-0001",
    fireworks: "sandbox-fireworks-key-0001",
    other: "sandbox-other-key-0001",
  },
} as const satisfies { readonly id: string; readonly apiKeys: Readonly<Record<ServiceName, string>> };

export type AccountRow = { readonly id: string; readonly apiKeys: Readonly<Record<string, string>> };

export const accounts = (world: SandboxWorld) => world.collection<AccountRow>("accounts");

export const plantDemo = (world: SandboxWorld): void => accounts(world).put(demoAccount.id, demoAccount);

/** Who asks: an account, as a customer of one service. */
export interface Customer {
  readonly account: string;
  readonly service: string;
}

/** The customer behind a bearer key; null when nobody has it or it was revoked. */
export function customerOf(request: SandboxRequest, world: SandboxWorld): Customer | null {
  const key = /^Bearer (\S+)$/u.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
  if (key === "" || world.isRevoked(key)) return null;
  for (const { id, apiKeys } of accounts(world).all())
    for (const [service, known] of Object.entries(apiKeys)) if (known === key) return { account: id, service };
  return null;
}
