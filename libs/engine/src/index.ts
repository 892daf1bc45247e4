export type { AdvanceOutcome } from "./advance.ts";
export { ENGINE_VERSION, type EngineLog, type StageLook } from "./context.ts";
export { createEngine, type Engine, type EngineDependencies } from "./create-engine.ts";
export { type FaultPoint, faultPoints } from "./fault-points.ts";
export { type FindingCode, findingCatalog } from "./preflight/finding.ts";
export { OutboundCaller, type OutboundCallerOptions } from "./outbound/outbound-caller.ts";
export { defaultSettings, type EngineSettings } from "./settings.ts";
export type { SweepReport, WorkCounts } from "./sweep.ts";
