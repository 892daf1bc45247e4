import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/generated/schema.ts";
import { useLive } from "../../api/live.ts";
import { readPages } from "../../api/page-list.ts";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { Table } from "../../ui/table.tsx";
import { useZone } from "../../ui/time.tsx";
import { type AuditFilter, isNarrowed, queryOf } from "./audit-filter.ts";
import { entryColumns } from "./entry-columns.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { FilterBar } from "./filter-bar.tsx";

export interface EntriesProps {
  readonly tenant: string;
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

/** The entries that fit, newest first. */
export function Entries({ tenant, filter, onChange }: EntriesProps) {
  const zone = useZone();
  const { refetchInterval } = useLive(["audit", "rollout", "deployment", "access", "incident"], tenant);
  const [shown, setShown] = useState<Schemas["AuditRow"] | null>(null);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } = useInfiniteQuery({
    ...readPages("/v1/audit", { tenant, query: { ...queryOf(filter, zone), limit: 100 } }),
    refetchInterval,
    placeholderData: (previous) => previous,
  });
  return (
    <div className="grid grid-cols-1 gap-4">
      <FilterBar tenant={tenant} filter={filter} onChange={onChange} />
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data?.length === 0 ? (
        <Nothing filter={filter} />
      ) : (
        <div className={isPlaceholderData ? "opacity-60" : undefined}>
          <Table
            label="Audit log"
            columns={entryColumns(tenant, setShown)}
            rows={data ?? []}
            keyOf={({ seq }) => String(seq)}
            loadingRows={data === undefined ? 12 : 0}
            onNearEnd={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
          />
        </div>
      )}
      {shown !== null && (
        <EntryDialog
          tenant={tenant}
          entry={shown}
          onClose={() => setShown(null)}
          onNarrow={(change) => {
            setShown(null);
            onChange({ ...filter, ...change });
          }}
        />
      )}
    </div>
  );
}

const Nothing = ({ filter }: { readonly filter: AuditFilter }) =>
  isNarrowed(filter) ? (
    <EmptyState title="No entry fits">Take away a filter, or look at another time.</EmptyState>
  ) : (
    <EmptyState title="Nothing has been changed yet">
      Every change by a person, a program or Tandem itself stands here.
    </EmptyState>
  );
