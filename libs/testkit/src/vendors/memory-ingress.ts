import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { MemoryDatabase } from "../store/memory-database.ts";

/** What the in-memory ingress is told to do. */
export interface IngressQuirks {
  /** Bundles whose slot does not answer properly once it takes live calls. */
  readonly badWhenLive?: ReadonlySet<string>;
  /** The public address does not lead here. */
  readonly isUnreachable?: boolean;
  /** Whether this request gets lost. */
  readonly isLost?: () => boolean;
  /** Answer of a tool by name; success when absent. */
  readonly tools?: Readonly<
    Record<string, { readonly status: number; readonly result: import("@tandem/kernel").Json }>
  >;
}

/** The media service as the engine sees it, answering from the tables. */
export function memoryIngress(database: MemoryDatabase, quirks: IngressQuirks = {}): IngressProbe {
  let next = 1;
  const mayFail = () => {
    if (quirks.isLost?.() === true) throw new Error("connection reset");
  };
  return {
    reach: async () =>
      quirks.isUnreachable === true
        ? { reached: false, detail: "another server answered" }
        : { reached: true, detail: "nonce came back" },
    answer: async (_tenantId, deploymentId, slot) => {
      mayFail();
      const { pointer, slots } = database.state(deploymentId);
      const { state, bundleHash } = slots[slot];
      if (state === "empty" || bundleHash === null)
        return { status: 404, document: "", slot: null, bundleHash: null, sessionId: null, latencyMs: 1 };
      const isBad = pointer.active === slot && quirks.badWhenLive?.has(bundleHash) === true;
      const document = `<Response><Dial><Sip>sip:${slot}@agent</Sip></Dial></Response>`;
      return isBad
        ? { status: 500, document: "", slot, bundleHash, sessionId: null, latencyMs: 1 }
        : { status: 200, document, slot, bundleHash, sessionId: `session-${next++}`, latencyMs: 1 };
    },
    tool: async (_tenantId, _deploymentId, { tool }) => {
      mayFail();
      return quirks.tools?.[tool] ?? { status: 200, result: { outcome: "success" } };
    },
    hangUp: async () => mayFail(),
  };
}
