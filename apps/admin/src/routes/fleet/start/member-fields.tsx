import { Field } from "../../../ui/field.tsx";
import { Select } from "../../../ui/input.tsx";
import { CanarySteps } from "../../plan/canary-steps.tsx";
import { LengthInput } from "../../plan/length-input.tsx";
import type { MemberDraft } from "./member-draft.ts";
import type { PartProps } from "./part.ts";

/** What is asked of each rollout: never less than its tenant's own policy wants. */
export function MemberFields({ draft: { members }, at, onChange }: PartProps) {
  const change = (part: Partial<MemberDraft>): void => onChange({ members: { ...members, ...part } });
  return (
    <fieldset className="grid gap-4">
      <legend className="mb-1 text-lg font-semibold">Each rollout</legend>
      <p className="text-ink-soft">What is asked beyond each tenant’s own policy. Less than it wants, it never gets.</p>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Choice
          label="Approvals"
          value={members.approval}
          more={["required", "At least one of each"]}
          onChoose={(approval) => change({ approval })}
        />
        <Choice
          label="Last gate"
          value={members.promotion}
          more={["manual", "A person promotes"]}
          onChoose={(promotion) => change({ promotion })}
        />
        <Choice
          label="How callers come to it"
          value={members.strategy}
          more={["canary", "In growing shares of new calls (canary)"]}
          onChoose={(strategy) => change({ strategy })}
        />
        <Choice
          label="Bake"
          value={members.bake}
          more={["least", "At least this long"]}
          onChoose={(bake) => change({ bake })}
        />
      </div>
      {members.strategy === "canary" && (
        <CanarySteps
          steps={members.steps}
          error={at("/policy/strategy") ?? undefined}
          onChange={(steps) => change({ steps })}
        />
      )}
      {members.bake === "least" && (
        <Field
          label="Length of the bake"
          isRequired
          hint="How long each is watched after its switch, with the way back open."
          error={at("/policy/bakeMs")}
        >
          <LengthInput label="length of the bake" value={members.bakeMs} onChange={(bakeMs) => change({ bakeMs })} />
        </Field>
      )}
    </fieldset>
  );
}

interface ChoiceProps<More extends string> {
  readonly label: string;
  readonly value: "own" | More;
  /** The only other choice, and its words. */
  readonly more: readonly [More, string];
  readonly onChoose: (value: "own" | More) => void;
}

const Choice = <More extends string>({ label, value, more: [more, words], onChoose }: ChoiceProps<More>) => (
  <Field label={label} isRequired>
    <Select value={value} onChange={({ target }) => onChoose(target.value as "own" | More)}>
      <option value="own">As each tenant has it</option>
      <option value={more}>{words}</option>
    </Select>
  </Field>
);
