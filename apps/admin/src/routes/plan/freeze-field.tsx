import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/query.ts";
import { useRefusal } from "../../shell/permission.ts";
import { Field } from "../../ui/field.tsx";
import { Textarea } from "../../ui/input.tsx";
import { Note } from "../../ui/note.tsx";
import { Time } from "../../ui/time.tsx";
import { type Freeze, freezeOf } from "./freeze.ts";
import type { Standing } from "./plan.ts";

/** The freeze window that stops rollouts of the deployment now. */
export function useFreeze(tenant: string, deployment: Standing["deployment"]): { readonly window: Freeze | null } {
  const { data, dataUpdatedAt } = useQuery(read("/v1/freezes", { tenant, query: { limit: 200 } }));
  return { window: data === undefined ? null : freezeOf(data.items, deployment, dataUpdatedAt) };
}

interface FreezeFieldProps {
  readonly tenant: string;
  readonly freeze: Freeze;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
}

/** What stops the rollout, until when, and the way past it for those who have one. */
export function FreezeField({ tenant, freeze, reason, onReason }: FreezeFieldProps) {
  const refusal = useRefusal(tenant, "manage");
  const isPlatforms = freeze.level === "platform";
  return (
    <Note tone="warn" title="A freeze window is in force">
      <p>
        {freeze.reason}. Until <Time at={freeze.endsAt} />.
      </p>
      {isPlatforms || refusal !== null ? (
        <p className="mt-1 text-ink-soft">
          {isPlatforms
            ? "It is the platform's: only its administrators let a tenant through."
            : "Only an administrator of the tenant may pass it."}
        </p>
      ) : (
        <Field label="Why it is passed" isRequired hint="Kept in the audit log." className="mt-3">
          <Textarea rows={2} maxLength={500} value={reason} onChange={({ target }) => onReason(target.value)} />
        </Field>
      )}
    </Note>
  );
}
