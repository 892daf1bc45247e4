import type { AgentIngress, CarrierIngress } from "@tandem/ports/inbound";
import { agentIngress as retell } from "@tandem/retell/webhook";
import { carrierIngress as twilio } from "@tandem/twilio/webhook";

/** Every vendor that calls us, by adapter id: verifiers, readers and documents without any SDK. */
export const carriers: ReadonlyMap<string, CarrierIngress> = new Map([twilio].map((each) => [each.vendor, each]));
export const agents: ReadonlyMap<string, AgentIngress> = new Map([retell].map((each) => [each.vendor, each]));
