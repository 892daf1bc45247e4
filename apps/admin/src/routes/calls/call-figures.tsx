import { counted } from "@tandem/kernel";
import type { Schemas } from "../../api/generated/schema.ts";
import { Duration, Money } from "../../ui/amount.tsx";
import { Figures } from "../../ui/figures.tsx";
import { CallLength } from "./call-length.tsx";

type Call = Schemas["SessionDetail"];

/** The few numbers that tell how a call went. */
export function CallFigures({ call: { startedAt, endedAt, turns, cost, release } }: { readonly call: Call }) {
  const answered = turns.filter(({ turn }) => turn > 0);
  const totals = answered.flatMap(({ latency }) => (latency === null ? [] : [latency.totalMs]));
  const targetMs = release?.targetMs ?? null;
  const slowest = totals.length === 0 ? null : Math.max(...totals);
  const late = targetMs === null ? 0 : totals.filter((ms) => ms > targetMs).length;
  const cut = turns.filter(({ wasInterrupted }) => wasInterrupted).length;
  return (
    <Figures
      figures={[
        {
          label: "Length",
          value: <CallLength startedAt={startedAt} endedAt={endedAt} />,
          note: endedAt === null ? "goes on" : counted(answered.length, "turn"),
        },
        {
          label: "Slowest answer",
          value: <Duration ms={slowest} />,
          note: slowest === null ? "no answer measured" : lateWords(targetMs, late, totals.length),
          tone: late > 0 ? "bad" : undefined,
        },
        {
          label: "Interruptions",
          value: cut,
          note: cut === 0 ? "the caller let it speak" : "the caller took the floor",
        },
        {
          label: "Cost",
          value: <Money micros={cost?.costMicros ?? null} currency="USD" />,
          note: costWords(cost),
        },
      ]}
    />
  );
}

function lateWords(targetMs: number | null, late: number, of: number): string {
  if (targetMs === null) return "target not known";
  return late === 0 ? `all within ${targetMs} ms` : `${late} of ${of} over ${targetMs} ms`;
}

function costWords(cost: Call["cost"]): string {
  if (cost === null) return "its release is not kept any more";
  return cost.unknown.length === 0 ? "all of it known" : `without ${cost.unknown.join(", ")}`;
}
