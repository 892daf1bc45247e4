import { Checkbox } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/input.tsx";
import { LengthInput } from "../plan/length-input.tsx";
import { MEASURES } from "../rollout/measures.ts";
import { ALL_MEASURES, type Evidence, type EvidenceDraft } from "./evidence-draft.ts";
import { NumberField } from "./number-field.tsx";

interface EvidenceFieldsProps {
  readonly draft: EvidenceDraft;
  /** What is wrong at a place within the evidence policy, e.g. `/minCalls`. */
  readonly at: (path: string) => string | null;
  readonly onChange: (part: Partial<EvidenceDraft>) => void;
}

/** What the calls of real callers must show while they are on a new release. */
export const EvidenceFields = ({ draft, at, onChange }: EvidenceFieldsProps) => (
  <fieldset className="grid gap-4">
    <legend className="mb-2 font-semibold">Evidence from calls</legend>
    <Checkbox
      label="Calls of the new release are compared with those of the release before"
      hint="Without it only alarms and the checks of its objects bring callers back."
      checked={draft.isJudged}
      onChange={({ target: { checked } }) => onChange({ isJudged: checked })}
    />
    {draft.isJudged && (
      <>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <NumberField
            label="Fewest calls"
            unit="calls"
            hint="Of each side, before there is a verdict."
            value={draft.minCalls}
            error={at("/minCalls")}
            onChange={(minCalls) => onChange({ minCalls })}
          />
          <Field
            label="Goes on for want of calls"
            isRequired
            hint="So much longer than its window, at the most."
            error={at("/extendMs")}
          >
            <LengthInput
              label="extension for want of calls"
              value={draft.extendMs}
              onChange={(extendMs) => onChange({ extendMs })}
            />
          </Field>
          <Field label="When calls tell nothing by then" isRequired error={at("/whenInconclusive")}>
            <Select
              value={draft.whenInconclusive}
              onChange={({ target }) => onChange({ whenInconclusive: target.value as Evidence["whenInconclusive"] })}
            >
              <option value="hold">it is held until a person decides</option>
              <option value="accept">it goes on, marked as reduced evidence</option>
            </Select>
          </Field>
        </div>
        <Margins draft={draft} at={at} onChange={onChange} />
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <NumberField
            label="Chance of bringing back a good release"
            unit="%"
            hint="Per watch, over all figures together. Less takes more calls."
            value={draft.falseBreachRate}
            error={at("/falseBreachRate")}
            onChange={(falseBreachRate) => onChange({ falseBreachRate })}
          />
          <NumberField
            label="Chance of passing a worse release"
            unit="%"
            hint="Of one that is worse by the margin, per figure. Less takes more calls."
            value={draft.falsePassRate}
            error={at("/falsePassRate")}
            onChange={(falsePassRate) => onChange({ falsePassRate })}
          />
        </div>
      </>
    )}
  </fieldset>
);

const Margins = ({ draft, at, onChange }: EvidenceFieldsProps) => (
  <fieldset className="grid gap-3">
    <legend className="font-medium">How much worse each figure may be</legend>
    <p className="text-sm text-ink-faint">
      Relative to the release before: 30 % of 400 ms is 120 ms. A figure without a margin is shown and not judged.
    </p>
    <div className="grid items-start gap-4 sm:grid-cols-2">
      {ALL_MEASURES.map((measure) => (
        <NumberField
          key={measure}
          label={MEASURES[measure].name}
          unit="%"
          hint={MEASURES[measure].meaning}
          isRequired={false}
          value={draft.margins[measure]}
          error={at(`/margins/${measure}`)}
          onChange={(text) => onChange({ margins: { ...draft.margins, [measure]: text } })}
        />
      ))}
    </div>
  </fieldset>
);
