import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { KEY_ROLES } from "./roles.ts";
import { ShownOnce } from "./shown-once.tsx";

interface Wish {
  readonly name: string;
  readonly roles: readonly (typeof KEY_ROLES)[number][];
  readonly expiresInDays: number;
}

/** Asks what the key is for and what it may do; then shows it once. */
export function KeyDialog({ tenant, onClose }: { readonly tenant: string; readonly onClose: () => void }) {
  const [wish, setWish] = useState<Wish>({ name: "", roles: ["ci"], expiresInDays: 90 });
  const make = useWrite({
    tenant,
    send: (body: Wish, idempotencyKey) => api.post("/v1/api-keys", { tenant, body, idempotencyKey }),
  });
  if (make.data !== undefined)
    return (
      <ShownOnce title={`The key ${wish.name}`} label="the key" secret={make.data.key} onClose={onClose}>
        Put it where the program finds it, and nowhere else. Tandem keeps only a hash of it.
      </ShownOnce>
    );
  const missing = wish.name.trim() === "" ? "Give it a name" : wish.roles.length === 0 ? "Choose what it may do" : null;
  return (
    <FormDialog
      title="Make an API key"
      onClose={onClose}
      act="Make the key"
      isBusy={make.isPending}
      disabledBecause={missing}
      onAct={() => make.mutate({ ...wish, name: wish.name.trim() })}
    >
      <div className="grid gap-5">
        <Field label="Name" isRequired hint="What uses it, e.g. release pipeline." error={make.error?.at("/name")}>
          <Input
            data-autofocus
            autoComplete="off"
            maxLength={120}
            value={wish.name}
            onChange={({ target: { value } }) => setWish((before) => ({ ...before, name: value }))}
          />
        </Field>
        <RoleChoice
          of={KEY_ROLES}
          chosen={wish.roles}
          onChange={(roles) => setWish((before) => ({ ...before, roles }))}
        />
        <Field label="Expires after" isRequired>
          <Select
            value={wish.expiresInDays}
            onChange={({ target: { value } }) => setWish((before) => ({ ...before, expiresInDays: Number(value) }))}
          >
            <option value={7}>a week</option>
            <option value={30}>30 days</option>
            <option value={90}>90 days</option>
            <option value={365}>a year</option>
          </Select>
        </Field>
        {make.error !== null && <ProblemNote problem={make.error} />}
      </div>
    </FormDialog>
  );
}
