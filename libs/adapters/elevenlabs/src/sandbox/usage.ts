import type { SandboxWorld } from "@tandem/ports/sandbox";
import type { AccountRow } from "./account.ts";

/** What an account does right now, and has used. */
export interface Usage {
  contexts: number;
  characters: number;
}

const usages = new Map<string, Usage>();

/** Shared by all connections of an account at one running sandbox. */
export function usageOf(account: AccountRow, world: SandboxWorld): Usage {
  const key = `${world.originOf("elevenlabs")} ${account.id}`;
  const usage = usages.get(key) ?? { contexts: 0, characters: 0 };
  usages.set(key, usage);
  return usage;
}

/** A number set through the control API. */
export function numberSetting(world: SandboxWorld, name: string, otherwise: number): number {
  const value = world.setting(name);
  return typeof value === "number" ? value : otherwise;
}
