import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { RolloutStore, RolloutView } from "@tandem/ports/store/rollouts";
import { memoryIngress, type MemoryDatabase } from "@tandem/testkit";

/** What the tool of the smoke call answers: an object that has to be removed again. */
const BOOKED = { status: 200, result: { outcome: "success", event_id: "event-1" } } as const;

/** The media service as the engine sees it, answering from what the real store says at that moment. */
export function storeIngress(store: Pick<RolloutStore, "view">): IngressProbe {
  const seen = async (tenantId: string, deploymentId: string): Promise<IngressProbe> => {
    const view = await store.view(tenantId, deploymentId);
    return memoryIngress(tablesOf(view), { tools: { book: BOOKED } });
  };
  return {
    ...memoryIngress(tablesOf(null)),
    answer: async (tenantId, deploymentId, ...rest) =>
      (await seen(tenantId, deploymentId)).answer(tenantId, deploymentId, ...rest),
    call: async (tenantId, deploymentId, ...rest) =>
      (await seen(tenantId, deploymentId)).call(tenantId, deploymentId, ...rest),
    converse: async (tenantId, deploymentId, ...rest) =>
      (await seen(tenantId, deploymentId)).converse(tenantId, deploymentId, ...rest),
    tool: async (tenantId, deploymentId, call) =>
      (await seen(tenantId, deploymentId)).tool(tenantId, deploymentId, call),
    hangUp: async () => {},
    settle: async () => null,
  };
}

/** The few tables that the in-memory ingress reads. */
const tablesOf = (view: RolloutView | null): MemoryDatabase =>
  ({
    state: () => view,
    bundles: new Map(Object.entries(view?.bundles ?? {})),
  }) as unknown as MemoryDatabase;
