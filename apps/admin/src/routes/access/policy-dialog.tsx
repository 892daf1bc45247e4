import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { useWrite } from "../../api/write.ts";
import { Checkbox } from "../../ui/choice.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Policy } from "./policy-words.ts";

interface PolicyDialogProps {
  readonly tenant: string;
  readonly state: Schemas["GatePolicyState"];
  readonly etag: string | null;
  readonly onClose: () => void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The rules that people change; the others stay as they are. */
export function PolicyDialog({ tenant, state, etag, onClose }: PolicyDialogProps) {
  const { environment } = state;
  const [policy, setPolicy] = useState<Policy>(state.policy);
  const set = (change: Partial<Policy>): void => setPolicy((before) => ({ ...before, ...change }));
  const change = useWrite({
    tenant,
    send: (body: Policy) =>
      api.put("/v1/gate-policies/{environment}", {
        tenant,
        path: { environment },
        body,
        ...(etag === null ? {} : { ifMatch: etag }),
      }),
    done: () => {
      toast(`Rollouts of ${environment} begin with the new policy`);
      onClose();
    },
  });
  const isSame = JSON.stringify(policy) === JSON.stringify(state.policy);
  return (
    <FormDialog
      title={`Policy of ${environment}`}
      onClose={onClose}
      act="Change the policy"
      isBusy={change.isPending}
      disabledBecause={isSame ? "Nothing is changed" : null}
      onAct={() => change.mutate(policy)}
    >
      <div className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Count
            label="Approvals"
            unit="people"
            value={policy.approvals}
            most={5}
            error={change.error?.at("/approvals")}
            onChange={(approvals) => set({ approvals })}
          />
          <Count
            label="An approval counts for"
            unit="hours"
            value={policy.approvalTtlMs / HOUR_MS}
            error={change.error?.at("/approvalTtlMs")}
            onChange={(hours) => set({ approvalTtlMs: hours * HOUR_MS })}
          />
          <Count
            label="Bake"
            unit="minutes"
            value={policy.bakeMs / MINUTE_MS}
            error={change.error?.at("/bakeMs")}
            onChange={(minutes) => set({ bakeMs: Math.round(minutes * MINUTE_MS) })}
          />
          <Field label="Promotion" isRequired>
            <Select
              value={policy.promotion}
              onChange={({ target: { value } }) => set({ promotion: value as Policy["promotion"] })}
            >
              <option value="manual">by hand</option>
              <option value="automatic">by itself after the smoke test</option>
            </Select>
          </Field>
          <Field label="While another is live" isRequired>
            <Select
              value={policy.whenLive}
              onChange={({ target: { value } }) => set({ whenLive: value as Policy["whenLive"] })}
            >
              <option value="queue">it waits its turn</option>
              <option value="refuse">it is refused</option>
            </Select>
          </Field>
        </div>
        <Checkbox
          label="Whoever asked for the rollout may approve it"
          checked={policy.authorMayApprove}
          onChange={({ target: { checked } }) => set({ authorMayApprove: checked })}
        />
        <Checkbox
          label="A request may loosen this policy"
          hint="For example ask for a shorter bake."
          checked={policy.mayLoosen}
          onChange={({ target: { checked } }) => set({ mayLoosen: checked })}
        />
        <p className="text-sm text-ink-faint">
          Canary steps, evidence, replay and costs stay as they are; they are set through the API (PUT
          /v1/gate-policies/{environment}).
        </p>
        {change.error !== null && <ProblemNote problem={change.error} />}
      </div>
    </FormDialog>
  );
}

interface CountProps {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  readonly most?: number;
  readonly error: string | null | undefined;
  readonly onChange: (value: number) => void;
}

function Count({ label, unit, value, most, error, onChange }: CountProps) {
  const [text, setText] = useState(String(value));
  return (
    <Field label={label} unit={unit} isRequired error={error}>
      <Input
        type="number"
        min={0}
        max={most}
        step="any"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          if (target.value !== "" && Number.isFinite(target.valueAsNumber)) onChange(target.valueAsNumber);
        }}
      />
    </Field>
  );
}
