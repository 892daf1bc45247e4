import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { NumberField } from "./number-field.tsx";
import type { PolicyDraft } from "./policy-draft.ts";
import type { PolicyPartProps } from "./policy-part.ts";

/** Past sessions that are had again before callers come to a release. */
export const ReplayFields = ({ draft, at, onChange }: PolicyPartProps) => (
  <fieldset className="grid gap-4">
    <legend className="mb-2 font-semibold">Replay of past sessions</legend>
    <Field
      label="Before callers come to it"
      isRequired
      hint="Each session is had again on both slots and costs its models."
    >
      <Select
        value={draft.replay}
        onChange={({ target }) => onChange({ replay: target.value as PolicyDraft["replay"] })}
      >
        <option value="off">nothing is replayed</option>
        <option value="show">sessions are replayed, and what differs is shown</option>
        <option value="hold">sessions are replayed, and too much difference holds the rollout</option>
      </Select>
    </Field>
    {draft.replay !== "off" && (
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <NumberField
          label="At most"
          unit="sessions"
          hint="The newest of the live release."
          value={draft.replaySessions}
          error={at("/replay/sessions")}
          onChange={(replaySessions) => onChange({ replaySessions })}
        />
        <NumberField
          label="Not older than"
          unit="days"
          value={draft.replayMaxAgeDays}
          error={at("/replay/maxAgeDays")}
          onChange={(replayMaxAgeDays) => onChange({ replayMaxAgeDays })}
        />
        {draft.replay === "hold" && (
          <NumberField
            label="May end differently"
            unit="%"
            hint="Of the sessions that were compared."
            value={draft.replayMaxDiffering}
            error={at("/replay/maxDifferingShare")}
            onChange={(replayMaxDiffering) => onChange({ replayMaxDiffering })}
          />
        )}
      </div>
    )}
  </fieldset>
);
