import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { read } from "../../api/query.ts";
import { useWrite } from "../../api/write.ts";
import { instantAt } from "../../ui/calendar-day.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { useZone } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { ENVIRONMENTS, type Environment } from "./policy-words.ts";

interface Wish {
  readonly reason: string;
  readonly playbook: string;
  readonly environment: Environment | "";
  /** As the field holds them. */
  readonly startsAt: string;
  readonly endsAt: string;
}

export function FreezeDialog({ tenant, onClose }: { readonly tenant: string; readonly onClose: () => void }) {
  const [wish, setWish] = useState<Wish>({ reason: "", playbook: "", environment: "", startsAt: "", endsAt: "" });
  const deployments = useQuery(read("/v1/deployments", { tenant, query: { limit: 200 } })).data?.items ?? [];
  const playbooks = [...new Set(deployments.map(({ playbook }) => playbook))].toSorted();
  const set = (change: Partial<Wish>): void => setWish((before) => ({ ...before, ...change }));
  const add = useWrite({
    tenant,
    send: (body: Schemas["CreateFreeze"], idempotencyKey) => api.post("/v1/freezes", { tenant, body, idempotencyKey }),
    done: () => {
      toast("The freeze window stands");
      onClose();
    },
  });
  const zone = useZone();
  const endsAt = instantAt(wish.endsAt, zone);
  const missing = wish.reason.trim() === "" ? "Say why" : endsAt === null ? "Say when it ends" : null;
  return (
    <FormDialog
      title="Add a freeze window"
      onClose={onClose}
      act="Freeze"
      isBusy={add.isPending}
      disabledBecause={missing}
      onAct={() => endsAt !== null && add.mutate(bodyOf(wish, zone, endsAt))}
    >
      <div className="grid gap-4">
        <p className="text-ink-soft">
          No new release comes to callers in it, and rollouts in progress wait before their next step to callers.
          Rollback, abort and divert always work.
        </p>
        <Field label="Reason" isRequired error={add.error?.at("/reason")}>
          <Input
            data-autofocus
            maxLength={500}
            placeholder="Holiday season"
            value={wish.reason}
            onChange={({ target: { value } }) => set({ reason: value })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="From" hint="Now when left empty." error={add.error?.at("/startsAt")}>
            <Input
              type="datetime-local"
              value={wish.startsAt}
              onChange={({ target: { value } }) => set({ startsAt: value })}
            />
          </Field>
          <Field label="Until" isRequired hint={`Both in the time of ${zone}.`} error={add.error?.at("/endsAt")}>
            <Input
              type="datetime-local"
              value={wish.endsAt}
              onChange={({ target: { value } }) => set({ endsAt: value })}
            />
          </Field>
          <Field label="Playbook" isRequired>
            <Select value={wish.playbook} onChange={({ target: { value } }) => set({ playbook: value })}>
              <option value="">Every playbook</option>
              {playbooks.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
          <Field label="Environment" isRequired>
            <Select
              value={wish.environment}
              onChange={({ target: { value } }) => set({ environment: value as Wish["environment"] })}
            >
              <option value="">Every environment</option>
              {ENVIRONMENTS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
        </div>
        {add.error !== null && <ProblemNote problem={add.error} />}
      </div>
    </FormDialog>
  );
}

const bodyOf = (
  { reason, playbook, environment, startsAt }: Wish,
  zone: string,
  endsAt: string,
): Schemas["CreateFreeze"] => ({
  reason: reason.trim(),
  playbook: playbook === "" ? null : playbook,
  environment: environment === "" ? null : environment,
  startsAt: instantAt(startsAt, zone),
  endsAt,
});
