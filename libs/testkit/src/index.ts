export { buildBundle, type BundleWish, CONNECTION_ID, NUMBER } from "./builders/bundle.ts";
export { DEPLOYMENT_ID, seedDeployment, STORED_ROUTING, TENANT_ID } from "./builders/deployment.ts";
export {
  allGuards,
  type Commit,
  type DeploymentState,
  MemoryDatabase,
  type PointerMove,
  type StoreGuards,
} from "./store/memory-database.ts";
export { memoryCommandStore, memoryRolloutStore } from "./store/memory-store.ts";
export { Operator } from "./store/operator.ts";
export { everyGateOpen, Scene, type SceneOptions, testSettings } from "./scene/scene.ts";
export { check, type Violation } from "./simulator/checker.ts";
export { type Mutant, mutants } from "./simulator/mutants.ts";
export { runSeeds, type SeedsReport } from "./simulator/run-seeds.ts";
export { reproductionOf, simulate, type SimulationResult } from "./simulator/simulate.ts";
export { SeededRng } from "./time/seeded-rng.ts";
export { VirtualClock } from "./time/virtual-clock.ts";
export { type FaultRates, hostileFaults, noFaults } from "./vendors/faults.ts";
export { MEMORY_VENDOR, memoryDescriptor, memoryKinds } from "./vendors/kinds.ts";
export { turnRecord } from "./vendors/held-conversation.ts";
export { type IngressQuirks, memoryIngress } from "./vendors/memory-ingress.ts";
export { memoryVendors, type VendorQuirks } from "./vendors/memory-vendors.ts";
export { type Effect, VendorWorld, type WorldObject } from "./vendors/vendor-world.ts";
