export { buildBundle, type BundleWish, CONNECTION_ID, NUMBER } from "./builders/bundle.ts";
export { DEPLOYMENT_ID, seedDeployment, STORED_ROUTING, TENANT_ID } from "./builders/deployment.ts";
export { type DeploymentState, MemoryDatabase } from "./store/memory-database.ts";
export {
  MemoryFleet,
  type MemoryFleetWish,
  type MemoryMember,
  memberRelease,
  type RolloutCourse,
} from "./fleet/memory-fleet.ts";
export { memoryCommandStore, memoryRolloutStore } from "./store/memory-store.ts";
export { Operator } from "./store/operator.ts";
export { everyGateOpen, Scene, type SceneOptions, testSettings } from "./scene/scene.ts";
export { checkHistory } from "./history/check-history.ts";
export type { Happening, HistoryEvent, Violation } from "./history/event.ts";
export { History } from "./history/history.ts";
export { reproductionOf, runSeeds, seedsFrom, type SeedsReport } from "./simulator/run-seeds.ts";
export { simulate, type SimulationResult } from "./simulator/simulate.ts";
export { SeededRng } from "./time/seeded-rng.ts";
export { VirtualClock } from "./time/virtual-clock.ts";
export { type FaultRates, hostileFaults, noFaults } from "./vendors/faults.ts";
export { MEMORY_VENDOR, memoryDescriptor, memoryKinds, SETTLE_MS } from "./vendors/kinds.ts";
export { turnRecord } from "./vendors/held-conversation.ts";
export { type IngressQuirks, memoryIngress } from "./vendors/memory-ingress.ts";
export { memoryVendors, type VendorQuirks } from "./vendors/memory-vendors.ts";
export { type Effect, VendorWorld, type WorldObject } from "./vendors/vendor-world.ts";
export { goodCall, MemoryEvidence } from "./store/memory-evidence.ts";
export { evidenceRates, judgedByAll, mostOf, type RatesResult, type RatesWish } from "./evidence/evidence-rates.ts";
