import { useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Member } from "./members.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { PERSON_ROLES } from "./roles.ts";

type PersonRole = (typeof PERSON_ROLES)[number];

interface MemberDialogProps {
  readonly tenant: string;
  readonly member: Member;
  readonly onClose: () => void;
}

export function MemberRolesDialog({ tenant, member, onClose }: MemberDialogProps) {
  const { id, name } = member.person;
  const before = PERSON_ROLES.filter((role) => member.roles.includes(role));
  const [roles, setRoles] = useState<readonly PersonRole[]>(before);
  const change = useWrite({
    tenant,
    send: (next: readonly PersonRole[]) =>
      api.put("/v1/members/{id}/roles", { tenant, path: { id }, body: { roles: next } }),
    done: () => {
      toast(`${name}'s roles are changed`);
      onClose();
    },
  });
  const missing =
    roles.length === 0
      ? "Choose a role, or remove the member"
      : roles.join() === before.join()
        ? "Nothing is changed"
        : null;
  return (
    <FormDialog
      title={`Roles of ${name}`}
      onClose={onClose}
      act="Change roles"
      isBusy={change.isPending}
      disabledBecause={missing}
      onAct={() => change.mutate(roles)}
    >
      <div className="grid gap-4">
        <RoleChoice of={PERSON_ROLES} chosen={roles} onChange={setRoles} />
        <p className="text-sm text-ink-faint">
          In force within a second, also where {name} is signed in. An approval counts while its giver holds the role.
        </p>
        {change.error !== null && <ProblemNote problem={change.error} />}
      </div>
    </FormDialog>
  );
}
