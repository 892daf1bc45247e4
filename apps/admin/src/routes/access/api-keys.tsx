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
import { Mono } from "../../ui/code.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Tone } from "../../ui/tone.ts";
import { KeyDialog } from "./key-dialog.tsx";
import { Refused } from "./refused.tsx";
import { roleList } from "./roles.ts";

type ApiKey = Schemas["ApiKey"];

/** What programs act with. */
export function ApiKeys({ tenant }: { readonly tenant: string }) {
  const refusal = useRefusal(tenant, "keys");
  return refusal === null ? <KeyList tenant={tenant} /> : <Refused what="API keys" because={refusal} />;
}

function KeyList({ tenant }: { readonly tenant: string }) {
  const { refetchInterval } = useLive(["access"], tenant);
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    ...readPages("/v1/api-keys", { tenant, query: { limit: 100 } }),
    refetchInterval,
  });
  return (
    <Section
      title="API keys"
      actions={
        <Button look="main" onClick={() => setMaking(true)}>
          Make a key
        </Button>
      }
    >
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <EmptyState title="No key yet">
          Programs and pipelines act with a key of their own, with the roles they need.
        </EmptyState>
      ) : (
        <Table
          label="API keys"
          columns={columns(setRevoking)}
          rows={data ?? []}
          keyOf={({ keyId }) => keyId}
          loadingRows={data === undefined ? 3 : 0}
          onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
      {isMaking && <KeyDialog tenant={tenant} onClose={() => setMaking(false)} />}
      {revoking !== null && <RevokeDialog tenant={tenant} apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Section>
  );
}

const SOON_MS = 14 * 86_400_000;

function standingOf({ revokedAt, expiresAt }: ApiKey): { readonly tone: Tone; readonly word: string } {
  if (revokedAt !== null) return { tone: "neutral", word: "revoked" };
  const left = Date.parse(expiresAt) - Date.now();
  if (left <= 0) return { tone: "bad", word: "expired" };
  return left < SOON_MS ? { tone: "warn", word: "ends soon" } : { tone: "good", word: "in force" };
}

const columns = (onRevoke: (key: ApiKey) => void): readonly Column<ApiKey>[] => [
  {
    name: "name",
    header: "Name",
    width: "26%",
    cell: ({ name }) => (
      <span className="font-medium" title={name}>
        {name}
      </span>
    ),
  },
  { name: "id", header: "Key", width: "8rem", from: "lg", cell: ({ keyId }) => <Mono>{keyId}</Mono> },
  {
    name: "roles",
    header: "Roles",
    from: "md",
    cell: ({ roles }) => <span title={roleList(roles)}>{roleList(roles)}</span>,
  },
  {
    name: "state",
    header: "State",
    width: "7.5rem",
    cell: (key) => {
      const { tone, word } = standingOf(key);
      return <StatusDot tone={tone}>{word}</StatusDot>;
    },
  },
  {
    name: "expires",
    header: "Expires",
    width: "7rem",
    from: "sm",
    cell: ({ expiresAt, revokedAt }) => (revokedAt === null ? <Time at={expiresAt} show="relative" /> : "–"),
  },
  {
    name: "used",
    header: "Last used",
    width: "7rem",
    from: "sm",
    cell: ({ lastUsedAt }) =>
      lastUsedAt === null ? <span className="text-ink-faint">never</span> : <Time at={lastUsedAt} show="relative" />,
  },
  {
    name: "revoke",
    header: <span className="sr-only">Actions</span>,
    width: "6.5rem",
    align: "end",
    cell: (key) =>
      key.revokedAt === null && (
        <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => onRevoke(key)}>
          Revoke
        </Button>
      ),
  },
];

function RevokeDialog({
  tenant,
  apiKey,
  onClose,
}: {
  readonly tenant: string;
  readonly apiKey: ApiKey;
  readonly onClose: () => void;
}) {
  const { keyId, name, lastUsedAt } = apiKey;
  const revoke = useWrite({
    tenant,
    send: (id: string) => api.delete("/v1/api-keys/{keyId}", { tenant, path: { keyId: id } }),
    done: () => {
      toast(`The key ${name} works no more`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      isDanger
      title={`Revoke the key ${name}?`}
      action="Revoke"
      isBusy={revoke.isPending}
      problem={revoke.error}
      onClose={onClose}
      onConfirm={() => revoke.mutate(keyId)}
      consequences={
        <p>
          Within a second whatever uses it is refused, and it cannot be brought back.{" "}
          {lastUsedAt === null ? (
            "It was never used."
          ) : (
            <>
              It was last used <Time at={lastUsedAt} show="relative" />.
            </>
          )}
        </p>
      }
    />
  );
}
