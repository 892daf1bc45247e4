import type { SandboxWorld } from "@tandem/ports/sandbox";
import type { AccountRow } from "./account.ts";

/** What an account does right now. */
export interface Usage {
  sockets: number;
  contexts: number;
}

const usages = new Map<string, Usage>();

/** Shared by all connections of an account at one running sandbox. */
export function usageOf(account: AccountRow, world: SandboxWorld): Usage {
  const key = `${world.originOf("cartesia")} ${account.id}`;
  const usage = usages.get(key) ?? { sockets: 0, contexts: 0 };
  usages.set(key, usage);
  return usage;
}

/** Contexts that an account may have spoken at the same time. */
export const concurrencyOf = (account: AccountRow, world: SandboxWorld): number =>
  numberSetting(world, "concurrency", account.concurrency);

/** A number set through the control API. */
export function numberSetting(world: SandboxWorld, name: string, otherwise: number): number {
  const value = world.setting(name);
  return typeof value === "number" ? value : otherwise;
}
