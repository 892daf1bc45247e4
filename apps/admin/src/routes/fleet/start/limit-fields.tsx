import { Field } from "../../../ui/field.tsx";
import { Input, Select } from "../../../ui/input.tsx";
import { LengthInput } from "../../plan/length-input.tsx";
import { NumberField } from "../../policy/number-field.tsx";
import type { FleetDraft } from "./fleet-draft.ts";
import type { PartProps } from "./part.ts";

/** How fast it goes, when it stops by itself, and how long it waits for people. */
export const LimitFields = ({ draft, at, onChange }: PartProps) => (
  <fieldset className="grid gap-4">
    <legend className="mb-3 text-lg font-semibold">Limits</legend>
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <NumberField
        label="Rollouts at a time"
        hint="One that waits for a person takes up no room."
        value={draft.concurrency}
        error={at("/limits/concurrency")}
        onChange={(concurrency) => onChange({ concurrency })}
      />
      <NumberField
        label="Of them, of one tenant"
        hint="So that no tenant has all of its deployments moved at once."
        value={draft.perTenant}
        error={at("/limits/perTenant")}
        onChange={(perTenant) => onChange({ perTenant })}
      />
      <Budget draft={draft} at={at} onChange={onChange} />
      <Field
        label="Watched between waves"
        isRequired
        hint="After the last rollout of a wave has ended, before the next begins."
        error={at("/limits/bakeMs")}
      >
        <LengthInput
          label="watch between waves"
          value={draft.waveBakeMs}
          onChange={(waveBakeMs) => onChange({ waveBakeMs })}
        />
      </Field>
      <Field
        label="A held rollout counts as failed after"
        isRequired
        hint="The fleet goes on without it; the rollout itself stays held."
        error={at("/patience/heldMs")}
      >
        <LengthInput
          label="patience with held rollouts"
          value={draft.heldMs}
          onChange={(heldMs) => onChange({ heldMs })}
        />
      </Field>
      <Field
        label="Who cannot begin is skipped after"
        isRequired
        hint="A freeze window, a rollout of its own, an approval that nobody gives."
        error={at("/patience/waitMs")}
      >
        <LengthInput
          label="patience with who cannot begin"
          value={draft.waitMs}
          onChange={(waitMs) => onChange({ waitMs })}
        />
      </Field>
    </div>
  </fieldset>
);

const Budget = ({ draft, at, onChange }: PartProps) => (
  <Field
    label="Stops beyond"
    isRequired
    hint="Rolled back, aborted, failed or blocked, of a wave. Then it pauses and asks."
    error={at("/limits/budget")}
  >
    <div className="grid w-full max-w-64 grid-cols-[5rem_1fr] gap-2">
      <Input inputMode="decimal" value={draft.budget} onChange={({ target }) => onChange({ budget: target.value })} />
      {/* The label of the field is the number's alone. */}
      <Select
        id={undefined}
        required={undefined}
        aria-describedby={undefined}
        aria-label="Unit of the failure budget"
        value={draft.budgetIs}
        onChange={({ target }) => onChange({ budgetIs: target.value as FleetDraft["budgetIs"] })}
      >
        <option value="share">% of the wave</option>
        <option value="count">failures</option>
      </Select>
    </div>
  </Field>
);
