import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import { StatusDot } from "../../ui/badge.tsx";
import { Money } from "../../ui/amount.tsx";
import type { Tone } from "../../ui/tone.ts";
import { type Comparison, type Effect, effectOf, milliseconds } from "./figures.ts";
import { countedActions, type Plan } from "./plan.ts";

/** The plan at a glance: how much, how safe, how fast, how dear. */
export function SummaryTiles({
  plan,
  comparison,
}: {
  readonly plan: Plan;
  readonly comparison: Comparison | undefined;
}) {
  const { planned, current } = comparison ?? { planned: null, current: null };
  const cost = planned?.estimatedCostMicros ?? null;
  const latency = planned?.estimatedLatency ?? null;
  return (
    <dl className="grid overflow-hidden rounded-lg border border-line bg-line gap-px sm:grid-cols-2 lg:grid-cols-4">
      <Tile name="At the vendors" value={countedActions(plan.changes)} note={riskText(plan)} />
      <Tile name="Preflight" {...preflightOf(plan)} />
      <Tile
        name="Response, 95th percentile"
        value={milliseconds(latency?.p95Ms)}
        note={noteOf(
          effectOf(latency?.p95Ms ?? null, current?.estimatedLatency?.p95Ms ?? null),
          latency === null ? "no estimate: a vendor speaks" : "estimated",
        )}
      />
      <Tile
        name="Cost of a call"
        value={<Money micros={cost} currency="USD" />}
        note={noteOf(effectOf(cost, current?.estimatedCostMicros ?? null), "estimated, list prices")}
      />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}

const Tile = ({ name, value, note }: TileProps) => (
  <div className="grid content-start gap-0.5 bg-surface px-4 py-3">
    <dt className="text-sm text-ink-faint">{name}</dt>
    <dd className="font-semibold">{value}</dd>
    {note !== undefined && <dd className="text-sm text-ink-soft">{note}</dd>}
  </div>
);

const noteOf = ({ tone, change }: Effect, otherwise: string): ReactNode =>
  change === null ? otherwise : <StatusDot tone={tone}>{`${change} against live`}</StatusDot>;

const RISKS = ["high", "medium", "low"] as const;

function riskText({ changes }: Plan): string {
  const acting = changes.filter(({ action }) => action !== "no-op");
  const highest = RISKS.find((risk) => acting.some((change) => change.risk === risk));
  const lasting = acting.filter(({ reversible }) => reversible === "no").length;
  const risk = highest === undefined ? "no risk" : `${highest} risk at most`;
  return lasting === 0 ? risk : `${risk}, ${lasting} cannot be undone`;
}

function preflightOf({ findings }: Plan): { value: ReactNode; note: string } {
  const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings, notes] = [count("error"), count("warning"), count("note")];
  const tone: Tone = errors > 0 ? "bad" : warnings > 0 ? "warn" : "good";
  const word = errors > 0 ? counted(errors, "error") : warnings > 0 ? counted(warnings, "warning") : "passed";
  const rest = [
    errors > 0 && warnings > 0 ? counted(warnings, "warning") : "",
    notes > 0 ? counted(notes, "note") : "",
  ];
  return {
    value: <StatusDot tone={tone}>{word}</StatusDot>,
    note: rest.filter((text) => text !== "").join(", ") || "nothing else to say",
  };
}
