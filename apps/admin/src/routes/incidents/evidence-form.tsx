import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../../api/query.ts";
import { Checkbox } from "../../ui/choice.tsx";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Time } from "../../ui/time.tsx";
import type { EvidenceWish } from "./evidence.ts";

const CALLS = 10;
const OPERATIONS = 12;
const MOST = 10;

export interface EvidenceDraft {
  readonly figures: boolean;
  readonly calls: readonly string[];
  readonly operations: readonly { readonly rolloutId: string; readonly seq: number }[];
  readonly text: string;
}

/** As the API takes it. */
export const wishOf = ({ figures, calls, operations, text }: EvidenceDraft): readonly EvidenceWish[] =>
  [
    ...(figures ? [{ kind: "metrics" as const }] : []),
    ...calls.map((sessionId) => ({ kind: "session" as const, sessionId })),
    ...operations.map((operation) => ({ kind: "operation" as const, ...operation })),
    ...(text.trim() === "" ? [] : [{ kind: "text" as const, text: text.trim() }]),
  ].slice(0, MOST);

export const noEvidence: EvidenceDraft = { figures: false, calls: [], operations: [], text: "" };

interface EvidenceFormProps {
  readonly tenant: string;
  readonly deployment: string;
  readonly draft: EvidenceDraft;
  readonly onChange: (draft: EvidenceDraft) => void;
}

/** What is attached: the figures of the moment, calls, vendor operations, what was seen. */
export function EvidenceForm({ tenant, deployment, draft, onChange }: EvidenceFormProps) {
  const [shown, setShown] = useState({ calls: false, operations: false });
  return (
    <fieldset className="grid gap-3 rounded-lg border border-line p-3">
      <legend className="px-1 font-medium">Evidence</legend>
      <Checkbox
        label="The figures of this moment"
        hint="Health of the last 15 minutes is kept as it is now."
        checked={draft.figures}
        onChange={({ target: { checked } }) => onChange({ ...draft, figures: checked })}
      />
      <Field label="What you saw">
        <Textarea
          rows={2}
          maxLength={2000}
          placeholder="The carrier's status page shows no fault"
          value={draft.text}
          onChange={({ target: { value } }) => onChange({ ...draft, text: value })}
        />
      </Field>
      <details
        onToggle={({ currentTarget: { open } }) => setShown((before) => ({ ...before, calls: before.calls || open }))}
      >
        <summary className="font-medium">Calls{draft.calls.length > 0 && `, ${draft.calls.length} chosen`}</summary>
        {shown.calls && (
          <Calls
            tenant={tenant}
            deployment={deployment}
            chosen={draft.calls}
            onChange={(calls) => onChange({ ...draft, calls })}
          />
        )}
      </details>
      <details
        onToggle={({ currentTarget: { open } }) =>
          setShown((before) => ({ ...before, operations: before.operations || open }))
        }
      >
        <summary className="font-medium">
          Vendor operations{draft.operations.length > 0 && `, ${draft.operations.length} chosen`}
        </summary>
        {shown.operations && (
          <Operations
            tenant={tenant}
            deployment={deployment}
            chosen={draft.operations}
            onChange={(operations) => onChange({ ...draft, operations })}
          />
        )}
      </details>
    </fieldset>
  );
}

interface PickProps<Item> {
  readonly tenant: string;
  readonly deployment: string;
  readonly chosen: readonly Item[];
  readonly onChange: (chosen: readonly Item[]) => void;
}

const LIST = "mt-2 grid max-h-44 gap-2 overflow-y-auto p-1";

function Calls({ tenant, deployment, chosen, onChange }: PickProps<string>) {
  const query = { limit: CALLS, kind: "live" as const };
  const { data } = useQuery(
    read("/v1/deployments/{reference}/sessions", { tenant, path: { reference: deployment }, query }),
  );
  if (data === undefined) return <SkeletonLines />;
  if (data.items.length === 0) return <p className="mt-2 text-ink-soft">This deployment has had no calls.</p>;
  return (
    <div className={LIST}>
      {data.items.map(({ id, callId, startedAt, disposition, slot }) => (
        <Checkbox
          key={id}
          checked={chosen.includes(id)}
          onChange={({ target: { checked } }) =>
            onChange(checked ? [...chosen, id] : chosen.filter((each) => each !== id))
          }
          label={
            <>
              <Time at={startedAt} show="absolute" /> · {slot} · {disposition ?? "in progress"}{" "}
              <code className="font-mono text-sm text-ink-faint">{callId}</code>
            </>
          }
        />
      ))}
    </div>
  );
}

type Operation = EvidenceDraft["operations"][number];

/** Of the latest rollout, those that failed first. */
function Operations({ tenant, deployment, chosen, onChange }: PickProps<Operation>) {
  const path = { reference: deployment };
  const rollouts = useQuery(read("/v1/deployments/{reference}/rollouts", { tenant, path, query: { limit: 1 } }));
  const id = rollouts.data?.items[0]?.id;
  const rollout = useQuery({
    ...read("/v1/rollouts/{id}", { tenant, path: { id: id ?? "" } }),
    enabled: id !== undefined,
  });
  const isEmpty = rollouts.data?.items.length === 0 || rollout.data?.steps.length === 0;
  if (isEmpty) return <p className="mt-2 text-ink-soft">No rollout has written to a vendor yet.</p>;
  if (rollout.data === undefined) return <SkeletonLines />;
  const steps = rollout.data.steps.toSorted((one, other) => rank(one.state) - rank(other.state)).slice(0, OPERATIONS);
  const rolloutId = rollout.data.id;
  return (
    <div className={LIST}>
      {steps.map(({ seq, verb, address, vendor, state }) => (
        <Checkbox
          key={seq}
          checked={chosen.some((each) => each.seq === seq)}
          onChange={({ target: { checked } }) =>
            onChange(checked ? [...chosen, { rolloutId, seq }] : chosen.filter((each) => each.seq !== seq))
          }
          label={
            <>
              {state} · {vendor} · {verb} <code className="font-mono text-sm text-ink-faint">{address}</code>
            </>
          }
        />
      ))}
    </div>
  );
}

const rank = (state: string): number => (state === "failed" ? 0 : state === "intent" ? 1 : 2);
