import type { SessionDetail, Turn } from "@tandem/contracts";
import { type CallCost, type CallFigures, callFigures } from "@tandem/domain/kpi";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { SessionDetail as KeptSession, SessionEventView, SessionView } from "@tandem/ports/store/calls";

/** A call's id is its trace id: 32 hex digits, never all zero. */
export const traceIdOf = (sessionId: string): string => sessionId.replaceAll("-", "");

export const presentSession = <Shown extends SessionView>(session: Shown) => ({
  ...session,
  traceId: traceIdOf(session.id),
});

/** A call for readers: turns apart from what else happened. */
export function presentSessionDetail(
  { events, ...session }: KeptSession,
  withTexts: boolean,
  { bundle, cost }: { readonly bundle: ReleaseBundle | null; readonly cost: CallCost | null },
): SessionDetail {
  const turns = events.filter(({ type }) => type === "turn-ended").map(turnOf);
  const areRemoved = turns.length > 0 && turns.every(({ areTextsRemoved }) => areTextsRemoved === true);
  return {
    ...presentSession(session),
    transcript: areRemoved ? "removed" : withTexts ? "included" : "withheld",
    turns,
    events: events.filter(({ type }) => type !== "turn-ended"),
    metrics: events.findLast(({ type }) => type === "call-metrics")?.payload ?? null,
    cost: cost === null ? null : { ...cost, unknown: [...cost.unknown] },
    release: bundle === null ? null : presentRelease(bundle),
  };
}

const turnOf = ({ at, payload }: SessionEventView): Turn => ({ ...(payload as unknown as Omit<Turn, "at">), at });

const presentRelease = ({ playbook, latency }: ReleaseBundle) => ({
  playbook: `${playbook.name}@${playbook.version}`,
  targetMs: latency.endToEndMs,
});

/** The kept call as KPIs and costs count it. */
export const figuresOfSession = ({
  id,
  bundleHash,
  startedAt,
  endedAt,
  disposition,
  events,
}: KeptSession): CallFigures =>
  callFigures(
    {
      sessionId: id,
      release: bundleHash,
      startedAtMs: new Date(startedAt).getTime(),
      endedAtMs: endedAt === null ? null : new Date(endedAt).getTime(),
      disposition,
      caller: null,
    },
    events,
  );
