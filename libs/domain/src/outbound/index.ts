export { callingSchedule, permittedFrom } from "./calling-time.ts";
export {
  decideOutbound,
  type OutboundDecision,
  type OutboundRefusal,
  outboundRefusals,
  type OutboundSituation,
} from "./decide-outbound.ts";
export { type LeadReading, readLead } from "./lead-facts.ts";
export { type CarriedCall, Consent, Lead, outcomeOf, OutboundState, OutboundWish } from "./outbound-call.ts";
