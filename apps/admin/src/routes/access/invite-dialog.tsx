import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Input, Select } from "../../ui/input.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { PERSON_ROLES } from "./roles.ts";
import { ShownOnce } from "./shown-once.tsx";

interface Wish {
  readonly email: string;
  readonly roles: readonly (typeof PERSON_ROLES)[number][];
  readonly expiresInDays: number;
}

/** Asks whom and as what; then shows the link once. */
export function InviteDialog({ tenant, onClose }: { readonly tenant: string; readonly onClose: () => void }) {
  const [wish, setWish] = useState<Wish>({ email: "", roles: ["viewer"], expiresInDays: 7 });
  const invite = useWrite({
    tenant,
    send: (body: Wish, idempotencyKey) => api.post("/v1/invitations", { tenant, body, idempotencyKey }),
  });
  if (invite.data !== undefined)
    return (
      <ShownOnce
        title={`The link for ${wish.email}`}
        label="the link"
        secret={invite.data.invitationUrl}
        onClose={onClose}
      >
        Hand it over yourself: whoever has it comes in with these roles. It works once, and an earlier one to the same
        address has ended.
      </ShownOnce>
    );
  const missing = wish.email.includes("@")
    ? wish.roles.length === 0
      ? "Choose a role"
      : null
    : "Give an e-mail address";
  return (
    <FormDialog
      title="Invite somebody"
      onClose={onClose}
      act="Make the link"
      isBusy={invite.isPending}
      disabledBecause={missing}
      onAct={() => invite.mutate(wish)}
    >
      <div className="grid gap-5">
        <Field
          label="E-mail"
          isRequired
          error={invite.error?.at("/email")}
          hint="The person is known by it; Tandem sends nothing."
        >
          <Input
            type="email"
            data-autofocus
            autoComplete="off"
            value={wish.email}
            onChange={({ target: { value } }) => setWish((before) => ({ ...before, email: value.trim() }))}
          />
        </Field>
        <RoleChoice
          of={PERSON_ROLES}
          chosen={wish.roles}
          onChange={(roles) => setWish((before) => ({ ...before, roles }))}
        />
        <Field label="The link works for" isRequired>
          <Select
            value={wish.expiresInDays}
            onChange={({ target: { value } }) => setWish((before) => ({ ...before, expiresInDays: Number(value) }))}
          >
            <option value={1}>a day</option>
            <option value={7}>a week</option>
            <option value={30}>30 days</option>
          </Select>
        </Field>
        {invite.error !== null && <ProblemNote problem={invite.error} />}
      </div>
    </FormDialog>
  );
}
