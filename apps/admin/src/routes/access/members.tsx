import { useInfiniteQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { useSession } from "../../shell/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Menu } from "../../ui/menu.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { MemberRolesDialog } from "./member-roles-dialog.tsx";
import { MemberSessions } from "./member-sessions.tsx";
import { Refused } from "./refused.tsx";
import { roleList } from "./roles.ts";

export type Member = Schemas["Member"];
type Task = { readonly what: "roles" | "sessions" | "remove"; readonly member: Member };

/** Persons of the tenant, those who are invited, and what is done about them. */
export function Members({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "members");
  if (refusal !== null) return <Refused what="Members" because={refusal} />;
  return (
    <div className="grid gap-8">
      <MemberList tenant={tenant} />
      <Invitations tenant={tenant} />
    </div>
  );
}

function MemberList({ tenant }: { readonly tenant: string }) {
  const { person } = useSession();
  const { refetchInterval } = useLive(["access"], tenant);
  const [isInviting, setInviting] = useState(false);
  const [task, setTask] = useState<Task | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/members", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  const close = (): void => setTask(null);
  return (
    <Section
      title="Members"
      actions={
        <Button look="main" onClick={() => setInviting(true)}>
          Invite somebody
        </Button>
      }
    >
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No members yet">
          Invite whoever works with this tenant. Administrators of the platform, who have a role in every tenant, are
          not listed here.
        </EmptyState>
      ) : (
        <Table
          label="Members"
          columns={columns(person?.id ?? null, setTask)}
          rows={data ?? []}
          keyOf={({ person: { id }, source }) => `${id} ${source}`}
          loadingRows={data === undefined ? 4 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      {isInviting && <InviteDialog tenant={tenant} onClose={() => setInviting(false)} />}
      {task?.what === "roles" && <MemberRolesDialog tenant={tenant} member={task.member} onClose={close} />}
      {task?.what === "sessions" && <MemberSessions tenant={tenant} member={task.member} onClose={close} />}
      {task?.what === "remove" && <RemoveDialog tenant={tenant} member={task.member} onClose={close} />}
    </Section>
  );
}

const columns = (me: string | null, onTask: (task: Task) => void): readonly Column<Member>[] => [
  {
    name: "name",
    header: "Name",
    width: "30%",
    cell: ({ person }) => (
      <span className="inline-flex items-center gap-2">
        <span className="truncate font-medium">{person.name}</span>
        {person.id === me && <span className="text-ink-faint">you</span>}
        {person.disabledAt !== null && <Badge tone="warn">disabled</Badge>}
      </span>
    ),
  },
  { name: "email", header: "E-mail", from: "md", cell: ({ person: { email } }) => email },
  { name: "roles", header: "Roles", cell: ({ roles }) => <span title={roleList(roles)}>{roleList(roles)}</span> },
  {
    name: "since",
    header: "Since",
    width: "9rem",
    from: "lg",
    cell: ({ createdAt }) => <Time at={createdAt} show="absolute" />,
  },
  {
    name: "source",
    header: "From",
    width: "11rem",
    from: "lg",
    cell: ({ source, expiresAt }) =>
      source === "member" ? (
        "invitation"
      ) : source === "provider" ? (
        "identity provider"
      ) : (
        <span title="A platform administrator opened this tenant with a reason, which stands in the audit log">
          break-glass, ends <Time at={expiresAt} show="relative" />
        </span>
      ),
  },
  {
    name: "more",
    header: <span className="sr-only">Actions</span>,
    width: "4rem",
    align: "end",
    cell: (member) => <MemberMenu member={member} isMe={member.person.id === me} onTask={onTask} />,
  },
];

const NOT_MINE = "Nobody changes their own membership";
const AT_PROVIDER = "The identity provider says it: change it there";

function MemberMenu({
  member,
  isMe,
  onTask,
}: {
  readonly member: Member;
  readonly isMe: boolean;
  readonly onTask: (task: Task) => void;
}) {
  const refusal = isMe ? NOT_MINE : member.source === "provider" ? AT_PROVIDER : null;
  return (
    <Menu
      trigger={
        <IconButton size="small" label={`Actions for ${member.person.name}`} icon={<Ellipsis className="size-4" />} />
      }
      entries={[
        {
          label: "Change roles",
          disabledBecause: refusal ?? (member.source === "break-glass" ? "It ends by itself" : null),
          onPick: () => onTask({ what: "roles", member }),
        },
        { label: "Sessions", onPick: () => onTask({ what: "sessions", member }) },
        "separator",
        {
          label: "Remove from the tenant",
          isDanger: true,
          disabledBecause: refusal,
          onPick: () => onTask({ what: "remove", member }),
        },
      ]}
    />
  );
}

function RemoveDialog({
  tenant,
  member,
  onClose,
}: {
  readonly tenant: string;
  readonly member: Member;
  readonly onClose: () => void;
}) {
  const { id, name } = member.person;
  const remove = useWrite({
    tenant,
    send: (member: string) => api.delete("/v1/members/{id}", { tenant, path: { id: member } }),
    done: () => {
      toast(`${name} is no member any more`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      isDanger
      title={`Remove ${name}?`}
      action="Remove"
      isBusy={remove.isPending}
      problem={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate(id)}
      consequences={
        <p>
          Within a second {name} may do nothing here any more, and what they have approved counts no more. Rollouts that
          are going on go on. Their person and the audit log stay.
        </p>
      }
    />
  );
}
