import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { readPages } from "../../api/page-list.ts";
import { useWrite } from "../../api/write.ts";
import { Subject } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Section } from "../../ui/section.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { roleList } from "./roles.ts";

type Invitation = Schemas["Invitation"];

/** Links that can still be used; nothing while there are none. */
export function Invitations({ tenant }: { readonly tenant: string }) {
  const { data } = useInfiniteQuery(readPages("/v1/invitations", { tenant, query: { limit: 100 } }));
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const revoke = useWrite({
    tenant,
    send: (id: string) => api.delete("/v1/invitations/{id}", { tenant, path: { id } }),
    done: () => {
      toast("The link works no more");
      setRevoking(null);
    },
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <Section title="Open invitations">
      <Table label="Open invitations" columns={columns(tenant, setRevoking)} rows={data} keyOf={({ id }) => id} />
      {revoking !== null && (
        <ConfirmDialog
          isOpen
          isDanger
          title={`Take back the invitation of ${revoking.email ?? "the first person"}?`}
          action="Take it back"
          isBusy={revoke.isPending}
          problem={revoke.error}
          onClose={() => setRevoking(null)}
          onConfirm={() => revoke.mutate(revoking.id)}
          consequences="The link works no more. Invite again whenever you want."
        />
      )}
    </Section>
  );
}

const columns = (tenant: string, onRevoke: (invitation: Invitation) => void): readonly Column<Invitation>[] => [
  { name: "email", header: "E-mail", cell: ({ email }) => email ?? "–" },
  { name: "roles", header: "Roles", from: "sm", cell: ({ roles }) => roleList(roles) },
  {
    name: "by",
    header: "Invited by",
    width: "11rem",
    from: "lg",
    cell: ({ createdBy }) => <Subject tenant={tenant} of={createdBy} />,
  },
  {
    name: "until",
    header: "Works until",
    width: "9rem",
    from: "sm",
    cell: ({ expiresAt }) => <Time at={expiresAt} show="absolute" />,
  },
  {
    name: "revoke",
    header: <span className="sr-only">Actions</span>,
    width: "8rem",
    align: "end",
    cell: (invitation) => (
      <Button size="small" aria-label={`Take back ${invitation.email ?? ""}`} onClick={() => onRevoke(invitation)}>
        Take back
      </Button>
    ),
  },
];
