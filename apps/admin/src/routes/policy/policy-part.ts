import type { Schemas } from "../../api/generated/schema.ts";
import type { PolicyDraft } from "./policy-draft.ts";

/** What each part of the policy's form gets. */
export interface PolicyPartProps {
  readonly environment: Schemas["GatePolicyState"]["environment"];
  readonly draft: PolicyDraft;
  /** What is wrong at a place of the policy, a JSON pointer; null: nothing. */
  readonly at: (path: string) => string | null;
  readonly onChange: (part: Partial<PolicyDraft>) => void;
}
