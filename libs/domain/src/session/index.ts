export { type LatencyParts, latencyParts, type TurnMilestones, type TurnRecord, type TurnTool } from "./turn-record.ts";
