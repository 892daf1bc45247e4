import { z } from "zod";
import { JsonMembers } from "./json.ts";

/** Everything that is known of one rollout, with what vouches for it. */
export const ProofPack = z
  .object({
    content: JsonMembers.describe(
      "Story, plan, approvals, smoke test, evidence, faults, pointer moves, audit slice, data handling.",
    ),
    contentHash: z.string().describe("SHA-256 of the content's canonical JSON."),
    signature: z
      .object({ keyId: z.string(), signature: z.string(), publicKey: z.string() })
      .nullable()
      .describe(
        "Ed25519 over `tandem-proof-1`, a line feed and the content hash; null where the installation has no key for it.",
      ),
  })
  .meta({ id: "ProofPack" });
export type ProofPack = z.infer<typeof ProofPack>;

/** No `.meta({ id })`: it is a query. */
export const ProofQuery = z.strictObject({ format: z.enum(["json", "html"]).default("json") });
export type ProofQuery = z.infer<typeof ProofQuery>;
