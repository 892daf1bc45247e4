import type { OpenConnection } from "@tandem/ports/adapter";
import type { Vendors } from "@tandem/ports/vendors";
import { memoryVendors, noFaults, SeededRng, VendorWorld } from "@tandem/testkit";
import type { Conversation } from "./conversation.ts";

/** What a call to a vendor carries besides its arguments. */
export interface VendorCall {
  readonly tenantId: string;
  /** `resources.write`, `telephony.readRouting` … */
  readonly method: string;
  readonly args: readonly unknown[];
  /** Epoch milliseconds of this machine at which it was sent. */
  readonly sentMs: number;
}

const ASYNC_PARTS = ["telephony", "calendar", "crm", "voiceAgent"] as const;

/** Vendors that live in another process: every call is a question to it. What is pure is answered here. */
export function remoteVendors(parent: Conversation): Vendors {
  const line = { rng: new SeededRng(1), faults: () => noFaults, sleep: async () => {}, later: () => {}, deadlineMs: 1 };
  const local = memoryVendors(new VendorWorld(Date.now), line);
  return {
    ...local,
    open: async (tenantId, connectionId) => {
      const { resources, telephony } = await local.open(tenantId, connectionId);
      const remote = (part: string) => partOver(parent, tenantId, part);
      const parts = Object.fromEntries(ASYNC_PARTS.map((part) => [part, remote(part)]));
      return {
        ...parts,
        telephony: Object.assign(remote("telephony"), { audio: telephony?.audio }),
        resources: Object.assign(remote("resources"), { reached: resources.reached }),
        close: async () => {},
      } as unknown as OpenConnection;
    },
  };
}

/** An object whose every method asks the parent. */
function partOver(parent: Conversation, tenantId: string, part: string): object {
  const own: Record<string, unknown> = {};
  return new Proxy(own, {
    get: (target, method) => {
      if (typeof method !== "string" || method === "then") return undefined;
      target[method] ??= (...args: readonly unknown[]) =>
        parent.ask("vendor", { tenantId, method: `${part}.${method}`, args, sentMs: Date.now() } satisfies VendorCall);
      return target[method];
    },
  });
}
