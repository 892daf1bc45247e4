import type { Slot } from "@tandem/domain/slot";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import type { AgentShare } from "@tandem/ports/voice-agent";

const WHOLE_BP = 10_000;

/** The account whose agents answer a deployment's calls; null when no vendor hosts its agent. */
export function agentConnection(view: RolloutView): string | null {
  const bundle = liveBundle(view);
  const isHosted = bundle !== undefined && bundle.agent.resource !== undefined;
  return isHosted ? (bundle.connections.voiceAgent?.connectionId ?? null) : null;
}

/** The bundle of the active slot, or of whichever is left when none is active. */
function liveBundle({ pointer, slots, bundles }: RolloutView) {
  const hash =
    pointer.active === "none" ? (slots.blue.bundleHash ?? slots.green.bundleHash) : slots[pointer.active].bundleHash;
  return hash === null ? undefined : bundles[hash];
}

/** The agents that new calls go to as the pointer has it; null when a slot's agent is not bound or the pointer is `none`. */
export function wantedShares(view: RolloutView): AgentShare[] | null {
  const { active, candidate, weightBp } = view.pointer;
  if (active === "none") return null;
  const shareBp = candidate === null ? 0 : weightBp;
  const shares = [
    shareOf(view, active, WHOLE_BP - shareBp),
    ...(candidate === null || shareBp === 0 ? [] : [shareOf(view, candidate, shareBp)]),
  ];
  return shares.includes(null) ? null : (shares as AgentShare[]);
}

function shareOf(view: RolloutView, slot: Slot, weightBp: number): AgentShare | null {
  const { bundleHash } = view.slots[slot];
  const address = bundleHash === null ? undefined : view.bundles[bundleHash]?.agent.resource;
  const binding = view.bindings.find((one) => one.address === address && one.slot === slot);
  const agentId = binding?.externalId ?? null;
  return agentId === null ? null : { agentId, agentVersion: versionOf(binding?.version ?? null), weightBp };
}

const versionOf = (version: string | null): number | null => (version === null ? null : Number(version));
