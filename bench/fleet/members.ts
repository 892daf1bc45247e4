import type { CompileMember } from "@tandem/engine";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { FleetWish } from "@tandem/ports/store/fleet";
import type { ControlStore } from "@tandem/ports/store/control";
import { defaultPatience } from "@tandem/domain/fleet";
import { contentHash } from "@tandem/kernel";
import { buildBundle } from "@tandem/testkit";
import { fleet, type Member } from "../engine/fleet.ts";
import { platform } from "../world/tenant.ts";

const AT_ONCE = 3; // each tenant is a row of the one chain of the platform

/** So many deployments, each of a tenant of its own. */
export async function makeMembers(store: ControlStore, size: number): Promise<Member[]> {
  const members: Member[] = [];
  while (members.length < size) members.push(...(await fleet(store, Math.min(AT_ONCE, size - members.length))));
  return members;
}

/** Publishes a version of the benchmark's playbook; answers what moves everybody there without any watch. */
export async function publish(store: ControlStore, version: string, concurrency: number): Promise<FleetWish> {
  const manifestHash = contentHash({ bench: version });
  await store.publishManifest(platform, {
    hash: manifestHash,
    playbook: "bench",
    version,
    content: { version },
    source: "",
  });
  return {
    selection: { playbook: "bench", environments: null, tenantIds: null, tenantTags: null, deploymentIds: null },
    version,
    manifestHash,
    rings: [{ name: "all", members: { rest: true } }],
    limits: { concurrency, perTenant: concurrency, budget: { count: 0 }, bakeMs: 0 },
    patience: defaultPatience,
    policy: { bakeMs: 0 },
    includesNeverLive: true,
  };
}

/** Small releases for vendors in memory; each version changes the agent and the LLM of the slot. */
export const compileSmall: CompileMember = ({ deployment, connections }, { hash, content }) => {
  const { version } = content as { readonly version: string };
  const connectionId = connections.telephony?.id ?? "";
  const plain = buildBundle({ deploymentId: deployment.id, number: null }).bundle;
  const own = Object.fromEntries(
    Object.entries(plain.connections).map(([role, one]) => [role, { ...one, connectionId }]),
  );
  const patch = {
    connections: own,
    playbook: { name: "bench", version, manifestHash: hash },
  } as unknown as Partial<ReleaseBundle>;
  return {
    ok: true,
    ...buildBundle({ deploymentId: deployment.id, number: null, prompt: version, voice: version, patch }),
  };
};
