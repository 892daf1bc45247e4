export { type AuditLink, type ChainHead, type ChainVerdict, ChainWalk, GENESIS, linkHash } from "./chain.ts";
export { AuditCheckpoint, checkpointText } from "./checkpoint.ts";
export { AuditExportLine } from "./export-line.ts";
export { proofText } from "./proof-text.ts";
