import { useInfiniteQuery } from "@tanstack/react-query";
import { readPages } from "../../api/page-list.ts";
import type { Schemas } from "../../api/generated/schema.ts";
import { Subject as Person } from "../../shell/subject.tsx";
import { Button } from "../../ui/button.tsx";
import { Link } from "../../ui/link.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Section } from "../../ui/section.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { Time } from "../../ui/time.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import type { Tone } from "../../ui/tone.ts";
import { moveWords } from "./move-words.ts";

type Move = Schemas["PointerMove"];

/** The moves of a deployment's pointer, newest first. */
export const movesQuery = (tenant: string, deploymentId: string) =>
  readPages("/v1/deployments/{reference}/pointer-history", {
    tenant,
    path: { reference: deploymentId },
    query: { limit: 10 },
  });

const TONES: Readonly<Record<Move["cause"], Tone>> = {
  switch: "good",
  shift: "busy",
  rollback: "bad",
  divert: "warn",
  resume: "good",
  detach: "neutral",
};

/** Where new calls have gone, when that changed, and who did it. */
export function PointerHistory({ tenant, deploymentId }: { readonly tenant: string; readonly deploymentId: string }) {
  const moves = useInfiniteQuery(movesQuery(tenant, deploymentId));
  return (
    <Section title="Pointer history">
      <Loaded of={moves} skeleton={<SkeletonLines count={6} />}>
        {(items) =>
          items.length === 0 ? (
            <p className="text-ink-soft">Nothing has been live yet; the first switch will stand here.</p>
          ) : (
            <Timeline label="Pointer history, newest first" moments={items.map((move) => momentOf(tenant, move))} />
          )
        }
      </Loaded>
      {moves.hasNextPage && (
        <div>
          <Button size="small" isBusy={moves.isFetchingNextPage} onClick={() => void moves.fetchNextPage()}>
            Older
          </Button>
        </div>
      )}
    </Section>
  );
}

const momentOf = (tenant: string, move: Move) => ({
  key: String(move.pointer.generation),
  tone: TONES[move.cause],
  title: moveWords(move),
  at: <Time at={move.at} />,
  children: (
    <span className="text-sm">
      by <Person tenant={tenant} of={move.actor} />
      {move.rolloutId !== null && (
        <>
          {" · "}
          <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: move.rolloutId }}>
            rollout
          </Link>
        </>
      )}
      {` · generation ${move.pointer.generation}`}
    </span>
  ),
});
