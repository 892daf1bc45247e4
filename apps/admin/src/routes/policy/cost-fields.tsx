import { NumberField } from "./number-field.tsx";
import type { PolicyPartProps } from "./policy-part.ts";

/** What a release may cost at the most by its estimate. */
export const CostFields = ({ draft, at, onChange }: PolicyPartProps) => (
  <fieldset className="grid gap-4">
    <legend className="mb-2 font-semibold">Costs</legend>
    <p className="text-sm text-ink-faint">
      A plan whose estimate is above a cap is blocked, also where a request may loosen the policy.
    </p>
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <NumberField
        label="A call costs at most"
        unit="US dollars"
        hint="Left empty: no cap."
        isRequired={false}
        value={draft.capPerCall}
        error={at("/costCap/perCallMicros")}
        onChange={(capPerCall) => onChange({ capPerCall })}
      />
      <NumberField
        label="A month costs at most"
        unit="US dollars"
        hint="Of one deployment. Left empty: no cap."
        isRequired={false}
        value={draft.capPerMonth}
        error={at("/costCap/perMonth/micros")}
        onChange={(capPerMonth) => onChange({ capPerMonth })}
      />
      {draft.capPerMonth.trim() !== "" && (
        <NumberField
          label="Calls expected in a month"
          unit="calls"
          value={draft.callsPerMonth}
          error={at("/costCap/perMonth/calls")}
          onChange={(callsPerMonth) => onChange({ callsPerMonth })}
        />
      )}
    </div>
  </fieldset>
);
