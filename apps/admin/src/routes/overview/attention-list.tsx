import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../../api/query.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/section.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { Time } from "../../ui/time.tsx";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { AttentionAction } from "./attention-action.tsx";
import { AttentionRow } from "./attention-row.tsx";
import { AttentionSubject } from "./attention-subject.tsx";
import { type AttentionItem, countOf, detailOf, KIND_WORDS, toneOf } from "./attention-words.ts";
import { type MediaNode, SilentNodeRow, useSilentNodes } from "./silent-nodes.tsx";

/** Rows at first; the rest is asked for. */
const FEW = 5;
const MANY = 200;
/** How often a platform's administrator reads anew, milliseconds: the stream tells of tenants, and a fleet rollout belongs to none. */
const LOOK_MS = 15_000;

/** What needs a person, most urgent first. It keeps the height that it came with, so that nothing below moves when something is added. */
export function AttentionList({ tenant }: { readonly tenant: string | undefined }) {
  const [isWhole, setWhole] = useState(false);
  const query = { limit: isWhole ? MANY : FEW, ...(tenant !== undefined && { tenant }) };
  const seesFleets = usePlatformRefusal("platform") === null;
  const { data, error, refetch } = useQuery({
    ...read("/v1/attention", { query }),
    placeholderData: keepPreviousData,
    refetchInterval: seesFleets && LOOK_MS,
  });
  const [room, setRoom] = useState<number | null>(null);
  if (data !== undefined && room === null) setRoom(Math.max(data.items.length, 1));
  const nodes = useSilentNodes();
  const total = data === undefined ? 0 : countOf(data.counts) + nodes.length;
  const places = isWhole ? MANY : (room ?? FEW);
  const silent = nodes.slice(0, places);
  const items = data?.items.slice(0, places - silent.length) ?? [];
  const shown = silent.length + items.length;
  return (
    <Section
      title={
        <>
          Needs a person{" "}
          {data !== undefined && <span className="font-normal text-ink-faint tabular-nums">{total}</span>}
        </>
      }
      actions={
        (total > shown || isWhole) && (
          <Button size="small" look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show the most urgent" : `Show all ${total}`}
          </Button>
        )
      }
    >
      {data === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Waiting />}
      {data !== undefined && <Items nodes={silent} items={items} room={room ?? 1} />}
      {isWhole && total > shown && (
        <p className="text-sm text-ink-faint">These are the first {shown}. Look at one tenant to see the rest.</p>
      )}
    </Section>
  );
}

const ROW_REM = 3.5;
const BOX = "rounded-lg border border-line bg-surface";

interface ItemsProps {
  readonly nodes: readonly MediaNode[];
  readonly items: readonly AttentionItem[];
  readonly room: number;
}

/** Silent nodes first: calls of every tenant may be on them. */
const Items = ({ nodes, items, room }: ItemsProps) => (
  <div className={BOX} style={{ minHeight: `calc(${room * ROW_REM}rem + 2px)` }}>
    {nodes.length + items.length === 0 ? (
      <p className="flex h-14 items-center px-4">
        <StatusDot tone="good">Nothing waits for a person.</StatusDot>
      </p>
    ) : (
      <ul className="divide-y divide-line">
        {nodes.map((node) => (
          <SilentNodeRow key={node.id} node={node} />
        ))}
        {items.map((item) => (
          <Row key={keyOf(item)} item={item} />
        ))}
      </ul>
    )}
  </div>
);

const keyOf = ({ kind, deployment, rolloutId, incidentId, connection, fleet }: AttentionItem): string =>
  [kind, deployment?.id, rolloutId, incidentId, connection?.id, fleet?.id].join(" ");

const Row = ({ item }: { readonly item: AttentionItem }) => (
  <AttentionRow
    title={<StatusDot tone={toneOf(item)}>{KIND_WORDS[item.kind].title}</StatusDot>}
    subject={<AttentionSubject item={item} />}
    detail={detailOf(item)}
    when={<When item={item} />}
    action={<AttentionAction item={item} />}
  />
);

const SOON_MS = 14 * 86_400_000;

/** When it ends by itself, where that is soon; else since when it waits. */
function When({ item: { since, until, deployment } }: { readonly item: AttentionItem }) {
  if (until !== null && Date.parse(until) - Date.now() < SOON_MS)
    return (
      <>
        ends <Time at={until} show="relative" zone={deployment?.timeZone ?? null} />
      </>
    );
  return <Time at={since} show="relative" zone={deployment?.timeZone ?? null} />;
}

const Waiting = () => (
  <div className={BOX} aria-busy="true">
    <div className="flex h-14 items-center px-4">
      <Skeleton width="40%" />
    </div>
  </div>
);
