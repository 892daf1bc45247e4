import { useEffect, useState } from "react";
import { Card } from "../../ui/section.tsx";
import { Skeleton, SkeletonLines } from "../../ui/skeleton.tsx";
import { Note } from "../../ui/note.tsx";
import { Spinner } from "../../ui/spinner.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import type { Standing } from "./plan.ts";

/** After this long something is probably wrong with the worker. */
const LONG_MS = 90_000;

/** A plan in the making: what is being done, for how long, and the shape of what is coming. */
export function PendingPlan({ standing }: { readonly standing: Standing }) {
  const elapsedMs = useElapsed(standing.requestedAt);
  return (
    <div className="grid gap-6">
      {elapsedMs > LONG_MS ? (
        <Note tone="warn" title="This takes longer than usual">
          A worker makes plans. When none is running, or the vendors answer slowly, it waits; it goes on by itself.
        </Note>
      ) : (
        <Note title="A worker is reading the vendors">
          <span className="inline-flex items-center gap-2 text-ink-soft">
            <Spinner />
            <span>
              Every object of the deployment is read and compared, accounts and providers are checked. Nothing is
              written anywhere. <span className="tabular-nums">{formatDuration(Math.max(1000, elapsedMs))}</span>
            </span>
          </span>
        </Note>
      )}
      <div aria-busy="true" className="grid gap-6">
        <div className="grid gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-2 lg:grid-cols-4">
          {["a", "b", "c", "d"].map((name) => (
            <div key={name} className="grid gap-2 bg-surface px-4 py-4">
              <Skeleton width="6rem" />
              <Skeleton width="9rem" />
            </div>
          ))}
        </div>
        <Card>
          <SkeletonLines count={6} />
        </Card>
      </div>
    </div>
  );
}

function useElapsed(since: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now - Date.parse(since);
}
