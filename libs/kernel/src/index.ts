export { canonicalJson, contentHash } from "./canonical.ts";
export { type Clock, type Instant, instant, systemClock } from "./clock.ts";
export { type Diagnostic, hasErrors, type SourcePosition } from "./diagnostic.ts";
export { type ErrorCode, errorCatalog } from "./error-catalog.ts";
export {
  AppError,
  type Effect,
  type ErrorKind,
  VendorError,
  type VendorErrorFacts,
  type VendorFault,
} from "./errors.ts";
export { fault, type FaultHook, setFaultHook } from "./fault.ts";
export { base32hex, hmacSha256, sha256Hex } from "./hash.ts";
export { idMaker, type NewId } from "./ids.ts";
export { isJsonObject, type Json, type JsonObject } from "./json.ts";
export { isSecretMember, redactMembers, secretFingerprint } from "./redact.ts";
export { type Rng, systemRng } from "./rng.ts";
export { Secret } from "./secret.ts";
