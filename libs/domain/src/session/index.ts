export { type LatencyParts, latencyParts, type TurnMilestones, type TurnRecord, type TurnTool } from "./turn-record.ts";
export { redactText, type RedactionKind } from "./redact.ts";
export { estimatedMos, transmissionRating, type VoicePath } from "./voice-quality.ts";
