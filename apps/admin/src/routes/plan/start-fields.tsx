import { counted } from "@tandem/kernel";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/query.ts";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import { CanarySteps } from "./canary-steps.tsx";
import { EvidencePart } from "./evidence-part.tsx";
import { LengthInput } from "./length-input.tsx";
import type { Standing } from "./plan.ts";
import { approvalsHint, type DraftErrors, type GatePolicy, type StartDraft } from "./start-draft.ts";

interface StartFieldsProps {
  readonly tenant: string;
  readonly standing: Standing;
  readonly policy: GatePolicy;
  readonly draft: StartDraft;
  readonly errors: DraftErrors;
  /** What the server said about a place of the rollout's policy, e.g. `/bakeMs`; null: nothing. */
  readonly said: (path: string) => string | null;
  /** Whether it said something about the evidence. */
  readonly isEvidenceRefused: boolean;
  readonly onChange: (part: Partial<StartDraft>) => void;
}

/** Everything a person may choose about a rollout. The hints say what the policy of the environment wants. */
export function StartFields(props: StartFieldsProps) {
  const { tenant, standing, policy, draft, errors, said, onChange } = props;
  const { environment, id } = standing.deployment;
  const { data: deployment } = useQuery(read("/v1/deployments/{reference}", { tenant, path: { reference: id } }));
  const isLive = (deployment?.liveRollout ?? null) !== null;
  return (
    <div className="grid gap-5">
      <Choice
        label="How callers come to it"
        hint={policyHint(policy, environment, policy.strategy.kind === "canary" ? "a canary" : "all at once")}
        value={draft.strategy}
        error={said("/strategy")}
        options={[
          ["blue-green", "All new calls at once"],
          ["canary", "In growing shares of new calls (canary)"],
        ]}
        onChoose={(strategy) => onChange({ strategy })}
      />
      {draft.strategy === "canary" && (
        <CanarySteps steps={draft.steps} error={errors.steps} onChange={(steps) => onChange({ steps })} />
      )}
      <Pair>
        <Choice
          label="Approvals"
          hint={approvalsHint(policy, environment)}
          value={String(draft.approvals)}
          error={said("/approvals")}
          options={approvalOptions(policy.approvals)}
          onChoose={(approvals) => onChange({ approvals: Number(approvals) })}
        />
        <Choice
          label="Last gate"
          hint={policyHint(policy, environment, policy.promotion === "manual" ? "a person" : "automatic")}
          value={draft.promotion}
          error={said("/promotion")}
          options={[
            ["automatic", "Opens when tests have passed"],
            ["manual", "A person promotes"],
          ]}
          onChoose={(promotion) => onChange({ promotion })}
        />
      </Pair>
      <Field
        label="Bake"
        isRequired
        hint={`How long it is watched after the switch, with the way back open. ${policyHint(policy, environment, formatDuration(policy.bakeMs))}`}
        error={errors.bakeMs ?? said("/bakeMs")}
      >
        <LengthInput label="bake" value={draft.bakeMs} onChange={(bakeMs) => onChange({ bakeMs })} />
      </Field>
      <EvidencePart
        environment={environment}
        policy={policy.evidence}
        mayLoosen={policy.mayLoosen}
        draft={draft.evidence}
        at={(path) => errors.evidence?.[path] ?? said(`/evidence${path}`)}
        hasError={errors.evidence !== undefined || props.isEvidenceRefused}
        onChange={(part) => onChange({ evidence: { ...draft.evidence, ...part } })}
      />
      <Pair>
        <Choice
          label="Replay of past sessions"
          hint="Each session is had again on both slots and costs its models."
          value={draft.replay}
          error={said("/replay") ?? said("/replay/gate")}
          options={[
            ["off", "None"],
            ["show", "Show what differs"],
            ["hold", "Hold when too much differs"],
          ]}
          onChoose={(replay) => onChange({ replay })}
        />
        {draft.replay !== "off" && (
          <Field
            label="Sessions"
            isRequired
            error={errors.replaySessions ?? said("/replay/sessions")}
            hint="The newest of the live release."
          >
            <Input
              inputMode="numeric"
              value={draft.replaySessions}
              onChange={({ target }) => onChange({ replaySessions: target.value })}
            />
          </Field>
        )}
      </Pair>
      {isLive && (
        <Choice
          label="Another rollout is live"
          hint="Rollouts of one deployment never run at the same time."
          value={draft.whenLive}
          options={[
            ["refuse", "Do not begin this one"],
            ["queue", "Wait behind it"],
          ]}
          onChoose={(whenLive) => onChange({ whenLive })}
        />
      )}
    </div>
  );
}

const Pair = ({ children }: { readonly children: ReactNode }) => (
  <div className="grid items-start gap-5 sm:grid-cols-2">{children}</div>
);

function policyHint({ mayLoosen }: GatePolicy, environment: string, wish: string): string {
  return mayLoosen ? `${environment} takes ${wish} by default.` : `${environment} wants ${wish}, or more care.`;
}

const MOST_OFFERED = 3;

function approvalOptions(least: number): (readonly [string, string])[] {
  const most = Math.max(MOST_OFFERED, least);
  return Array.from({ length: most - least + 1 }, (_, index) => {
    const count = least + index;
    return [String(count), count === 0 ? "None" : counted(count, "person", "people")];
  });
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly hint: string;
  readonly error?: string | null;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}

const Choice = <Value extends string>({ label, hint, error = null, value, options, onChoose }: ChoiceProps<Value>) => (
  <Field label={label} hint={hint} error={error} isRequired>
    <Select value={value} onChange={({ target }) => onChoose(target.value as Value)}>
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </Select>
  </Field>
);
