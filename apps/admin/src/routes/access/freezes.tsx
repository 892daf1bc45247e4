import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { useWrite } from "../../api/write.ts";
import { useRefusal } from "../../shell/permission.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import { FreezeDialog } from "./freeze-dialog.tsx";
import { freezeState } from "./freeze-state.ts";

type Freeze = Schemas["Freeze"];

/** Times in which no new release comes to callers. */
export function Freezes({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "gates");
  const { refetchInterval } = useLive(["rollout"], tenant);
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<Freeze | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/freezes", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  return (
    <Section
      title="Freeze windows"
      actions={
        <Button disabledBecause={refusal} onClick={() => setAdding(true)}>
          Add a freeze window
        </Button>
      }
    >
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No freeze window">
          In a freeze window no new release comes to callers. Rollback, abort and divert always work.
        </EmptyState>
      ) : (
        <Table
          label="Freeze windows"
          columns={columns(refusal, setEnding)}
          rows={data ?? []}
          keyOf={({ id }) => id}
          loadingRows={data === undefined ? 2 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      {isAdding && <FreezeDialog tenant={tenant} onClose={() => setAdding(false)} />}
      {ending !== null && <EndDialog tenant={tenant} freeze={ending} onClose={() => setEnding(null)} />}
    </Section>
  );
}

const columns = (refusal: string | null, onEnd: (freeze: Freeze) => void): readonly Column<Freeze>[] => [
  {
    name: "state",
    header: "State",
    width: "8.5rem",
    cell: (freeze) => {
      const { tone, word } = freezeState(freeze, Date.now());
      return <StatusDot tone={tone}>{word}</StatusDot>;
    },
  },
  { name: "reason", header: "Reason", cell: ({ reason }) => <span title={reason}>{reason}</span> },
  {
    name: "binds",
    header: "Binds",
    width: "15rem",
    from: "md",
    cell: (freeze) => bindsText(freeze),
  },
  {
    name: "from",
    header: "From",
    width: "9rem",
    from: "lg",
    cell: ({ startsAt }) => <Time at={startsAt} show="absolute" />,
  },
  {
    name: "to",
    header: "Until",
    width: "9rem",
    from: "sm",
    cell: ({ endsAt, endedAt }) => <Time at={endedAt ?? endsAt} show="absolute" />,
  },
  {
    name: "end",
    header: <span className="sr-only">Actions</span>,
    width: "6rem",
    align: "end",
    cell: (freeze) =>
      freezeState(freeze, Date.now()).isOver ? null : (
        <Button
          size="small"
          aria-label={`End the freeze: ${freeze.reason}`}
          disabledBecause={freeze.level === "platform" ? "The platform's: its administrators end it" : refusal}
          onClick={() => onEnd(freeze)}
        >
          End
        </Button>
      ),
  },
];

function bindsText({ level, playbook, environment, isExempt }: Freeze): string {
  const what = `${playbook ?? "every playbook"}, ${environment ?? "every environment"}`;
  if (isExempt) return `${what}; this tenant is let through`;
  return level === "platform" ? `${what}, by the platform` : what;
}

function EndDialog({
  tenant,
  freeze,
  onClose,
}: {
  readonly tenant: string;
  readonly freeze: Freeze;
  readonly onClose: () => void;
}) {
  const end = useWrite({
    tenant,
    send: (reason: string | null, idempotencyKey) =>
      api.post("/v1/freezes/{id}/end", { tenant, path: { id: freeze.id }, body: { reason }, idempotencyKey }),
    done: () => {
      toast("The freeze has ended");
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      title={`End the freeze “${freeze.reason}” now?`}
      action="End it"
      reason="optional"
      isBusy={end.isPending}
      problem={end.error}
      onClose={onClose}
      onConfirm={(reason) => end.mutate(reason)}
      consequences="Rollouts that wait for it go on within seconds, and new releases may come to callers."
    />
  );
}
