import { Checkbox } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { LengthInput } from "../plan/length-input.tsx";
import { NumberField } from "./number-field.tsx";
import type { PolicyPartProps } from "./policy-part.ts";
import type { PolicyDraft } from "./policy-draft.ts";
import { RoleSet } from "./role-set.tsx";

const APPROVERS = ["approver", "tenant-admin"] as const;
const PROMOTERS = ["approver", "operator", "tenant-admin"] as const;

/** Who lets a rollout on: approvals of its plan, and whoever opens the last gate. */
export function GateFields({ environment, draft, at, onChange }: PolicyPartProps) {
  const isProduction = environment === "production";
  return (
    <fieldset className="grid gap-4">
      <legend className="mb-2 font-semibold">Approval and promotion</legend>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <NumberField
          label="Approvals"
          unit="people"
          hint="How many must approve the plan; 0: none is needed."
          value={draft.approvals}
          error={at("/approvals")}
          onChange={(approvals) => onChange({ approvals })}
        />
        <Field
          label="An approval counts for"
          isRequired
          hint="So long a rollout waits, too, before it aborts."
          error={at("/approvalTtlMs")}
        >
          <LengthInput
            label="time that an approval counts for"
            value={draft.approvalTtlMs}
            onChange={(approvalTtlMs) => onChange({ approvalTtlMs })}
          />
        </Field>
      </div>
      <RoleSet
        legend="Whose approval counts"
        of={APPROVERS}
        chosen={draft.approvers}
        error={at("/approvers")}
        onChange={(approvers) => onChange({ approvers })}
      />
      <Checkbox
        label="Whoever asked for the rollout may approve it"
        hint={isProduction ? "Never in production." : undefined}
        disabled={isProduction}
        checked={draft.authorMayApprove}
        onChange={({ target: { checked } }) => onChange({ authorMayApprove: checked })}
      />
      <Field label="Promotion" isRequired error={at("/promotion")} className="sm:max-w-80">
        <Select
          value={draft.promotion}
          onChange={({ target }) => onChange({ promotion: target.value as PolicyDraft["promotion"] })}
        >
          <option value="manual">by hand</option>
          <option value="automatic">by itself after the smoke test</option>
        </Select>
      </Field>
      <RoleSet
        legend="Who may promote"
        of={PROMOTERS}
        chosen={draft.promoters}
        error={at("/promoters")}
        onChange={(promoters) => onChange({ promoters })}
      />
    </fieldset>
  );
}
