import { createIngressProbe } from "@tandem/ingress";
import { systemClock } from "@tandem/kernel";
import type { IngressProbe } from "@tandem/ports/ingress-probe";
import type { RolloutView } from "@tandem/ports/store/rollouts";
import { ticketKey } from "./node-harness.ts";
import { INGRESS_KEY, type SpokenOffice } from "./spoken-office.ts";

/** The worker's hand on the node of an office; `key` is what it signs tickets with. */
export const officeProbe = ({ publicUrl }: SpokenOffice, key = ticketKey): IngressProbe =>
  createIngressProbe({
    store: { view: () => Promise.resolve({ deployment: { ingressKey: INGRESS_KEY } } as unknown as RolloutView) },
    loadCredential: () => Promise.reject(new Error("no vendor is asked in a replay")),
    vendors: { providers: () => Promise.reject(new Error("no vendor is asked in a replay")) },
    publicUrl,
    ticketKey: key,
    clock: systemClock,
  });
