import type { SandboxWorld } from "@tandem/ports/sandbox";

/** A number that grows with every change in the account: etags and sync tokens. */
export function nextSequence(world: SandboxWorld): number {
  const counters = world.collection<{ value: number }>("counters");
  const value = (counters.get("sequence")?.value ?? 1000) + 1;
  counters.put("sequence", { value });
  return value;
}

export const currentSequence = (world: SandboxWorld): number =>
  world.collection<{ value: number }>("counters").get("sequence")?.value ?? 1000;
