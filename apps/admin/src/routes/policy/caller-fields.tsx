import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { CanarySteps } from "../plan/canary-steps.tsx";
import { LengthInput } from "../plan/length-input.tsx";
import type { PolicyDraft } from "./policy-draft.ts";
import type { PolicyPartProps } from "./policy-part.ts";

/** How callers come to a new release, and how long it is watched then. */
export const CallerFields = ({ draft, at, onChange }: PolicyPartProps) => (
  <fieldset className="grid gap-4">
    <legend className="mb-2 font-semibold">Way to callers</legend>
    <Field label="How callers come to it" isRequired>
      <Select
        value={draft.strategy}
        onChange={({ target }) => onChange({ strategy: target.value as PolicyDraft["strategy"] })}
      >
        <option value="blue-green">All new calls at once</option>
        <option value="canary">In growing shares of new calls (canary)</option>
      </Select>
    </Field>
    {draft.strategy === "canary" && (
      <CanarySteps steps={draft.steps} error={at("/strategy") ?? undefined} onChange={(steps) => onChange({ steps })} />
    )}
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Field
        label="Bake"
        isRequired
        hint="How long it is watched after the switch, with the way back open."
        error={at("/bakeMs")}
      >
        <LengthInput label="bake" value={draft.bakeMs} onChange={(bakeMs) => onChange({ bakeMs })} />
      </Field>
      <Field label="While another is live" isRequired hint="Rollouts of one deployment never run at the same time.">
        <Select
          value={draft.whenLive}
          onChange={({ target }) => onChange({ whenLive: target.value as PolicyDraft["whenLive"] })}
        >
          <option value="queue">it waits its turn</option>
          <option value="refuse">it is refused</option>
        </Select>
      </Field>
    </div>
  </fieldset>
);
