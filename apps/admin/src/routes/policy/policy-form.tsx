import { Checkbox } from "../../ui/choice.tsx";
import { CallerFields } from "./caller-fields.tsx";
import { CostFields } from "./cost-fields.tsx";
import { EvidenceFields } from "./evidence-fields.tsx";
import { GateFields } from "./gate-fields.tsx";
import type { PolicyPartProps } from "./policy-part.ts";
import { ReplayFields } from "./replay-fields.tsx";

/** Every rule of a gate policy, in the order in which a rollout meets them. */
export const PolicyForm = (part: PolicyPartProps) => (
  <div className="grid gap-7">
    <GateFields {...part} />
    <ReplayFields {...part} />
    <CallerFields {...part} />
    <EvidenceFields
      draft={part.draft.evidence}
      at={(path) => part.at(`/evidence${path}`)}
      onChange={(change) => part.onChange({ evidence: { ...part.draft.evidence, ...change } })}
    />
    <CostFields {...part} />
    <Checkbox
      label="A request may loosen this policy"
      hint="Promotion, replay, way to callers, bake and evidence are defaults then. Approvals and the cost cap always bind."
      checked={part.draft.mayLoosen}
      onChange={({ target: { checked } }) => part.onChange({ mayLoosen: checked })}
    />
  </div>
);
