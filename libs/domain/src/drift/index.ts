export { type Adoption, adoptionOf, type AdoptionInput } from "./adoption.ts";
export {
  type DriftAnswer,
  type DriftDecision,
  driftHash,
  driftNotice,
  fulfilled,
  isInForce,
  openDrift,
  undecidedPaths,
} from "./decision.ts";
export { type DriftLook, type DriftState, isAstray, placeOf, type ResourceDrift } from "./look.ts";
