import { counted } from "@tandem/kernel";
import type { ReactNode } from "react";
import { Money } from "../../ui/amount.tsx";
import { Hash } from "../../ui/code.tsx";
import { ScrollBox } from "../../ui/scroll-box.tsx";
import { Section } from "../../ui/section.tsx";
import { type Comparison, milliseconds } from "./figures.ts";
import type { Plan } from "./plan.ts";

/** What the release will do to speed and cost, beside the one that is live, and what the figures are made of. */
export function EffectSection({ plan, comparison }: { readonly plan: Plan; readonly comparison: Comparison }) {
  return (
    <Section title="Speed and cost">
      <ScrollBox label="Speed and cost">
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">The planned release beside the one that is live</caption>
          <thead>
            <tr className="h-9 border-b border-line text-sm text-ink-faint">
              <Head>Release</Head>
              <Head isNumber>Response p50</Head>
              <Head isNumber>p95</Head>
              <Head isNumber>Cost of a call</Head>
            </tr>
          </thead>
          <tbody className="[&>tr:not(:last-child)]:border-b [&>tr]:border-line">
            <Figures
              name="Planned"
              note="estimated"
              latency={comparison.planned.estimatedLatency}
              micros={comparison.planned.estimatedCostMicros}
            />
            <Current of={comparison.current} />
          </tbody>
        </table>
      </ScrollBox>
      <Makings plan={plan} />
    </Section>
  );
}

function Current({ of }: { readonly of: Comparison["current"] }) {
  if (of === null) return null;
  const { measured } = of;
  const calls = `measured in ${counted(measured.calls, "call")} of ${counted(measured.days, "day")}`;
  return (
    <>
      <Figures
        name={
          <>
            Live <Hash value={of.bundleHash} />
          </>
        }
        note="estimated"
        latency={of.estimatedLatency}
        micros={of.estimatedCostMicros}
      />
      <Figures name="Live" note={calls} latency={measured.latency} micros={measured.costMicros} />
    </>
  );
}

const Head = ({ isNumber = false, children }: { readonly isNumber?: boolean; readonly children: ReactNode }) => (
  <th scope="col" className={`px-3 font-medium first:pl-4 last:pr-4 ${isNumber ? "text-right" : ""}`}>
    {children}
  </th>
);

interface FiguresProps {
  readonly name: ReactNode;
  readonly note: string;
  readonly latency: { readonly p50Ms: number; readonly p95Ms: number } | null;
  readonly micros: number | null;
}

const NUMBER = "px-3 text-right tabular-nums whitespace-nowrap last:pr-4";

const Figures = ({ name, note, latency, micros }: FiguresProps) => (
  <tr className="h-11">
    <th scope="row" className="px-3 py-2 font-normal first:pl-4">
      <span className="font-medium">{name}</span> <span className="text-sm text-ink-faint">{note}</span>
    </th>
    <td className={NUMBER}>{milliseconds(latency?.p50Ms)}</td>
    <td className={NUMBER}>{milliseconds(latency?.p95Ms)}</td>
    <td className={NUMBER}>
      <Money micros={micros} currency="USD" />
    </td>
  </tr>
);

const KINDS = { stt: "hears", llm: "thinks", tts: "speaks" } as const;

function Makings({ plan: { latency, cost } }: { readonly plan: Plan }) {
  if (latency === undefined && cost === undefined) return null;
  return (
    <details className="text-sm">
      <summary className="w-fit rounded-xs text-ink-soft hover:text-ink">What the estimates are made of</summary>
      <div className="grid gap-6 pt-3 lg:grid-cols-2">
        {latency !== undefined && <Providers of={latency} />}
        {cost !== undefined && <CostParts of={cost} />}
      </div>
    </details>
  );
}

function Providers({ of: { providers, endToEnd } }: { readonly of: NonNullable<Plan["latency"]> }) {
  return (
    <div className="grid content-start gap-2">
      <p className="text-ink-soft">
        Measured when the plan was made.
        {endToEnd !== null && ` End of caller speech to agent heard: target ${milliseconds(endToEnd.targetMs)}.`}
      </p>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">Providers as measured</caption>
        <thead>
          <tr className="text-ink-faint">
            <th className="py-1 font-medium">Provider</th>
            <th className="py-1 text-right font-medium">p50</th>
            <th className="py-1 text-right font-medium">p95</th>
          </tr>
        </thead>
        <tbody>
          {providers.map(({ kind, position, provider, model, p50Ms, p95Ms }) => (
            <tr key={`${kind} ${position}`} className="border-t border-line">
              <td className="py-1.5">
                <span className="text-ink-faint">{position === 0 ? KINDS[kind] : "or"}</span> {provider}{" "}
                <span className="text-ink-soft">{model}</span>
              </td>
              <td className="py-1.5 pl-3 text-right whitespace-nowrap tabular-nums">{milliseconds(p50Ms)}</td>
              <td className="py-1.5 pl-3 text-right whitespace-nowrap tabular-nums">{milliseconds(p95Ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CostParts({ of: { call, parts = [], unknown } }: { readonly of: NonNullable<Plan["cost"]> }) {
  return (
    <div className="grid content-start gap-2">
      <p className="text-ink-soft">
        {`A call of ${counted(call.minutes, "minute")} and ${counted(call.turns, "turn")} at list prices.`}
        {unknown.length > 0 && ` Without a known price and not in it: ${unknown.join(", ")}.`}
      </p>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">Parts of the cost of a call</caption>
        <thead>
          <tr className="text-ink-faint">
            <th className="py-1 font-medium">Part</th>
            <th className="py-1 text-right font-medium">Cost</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ what, micros }) => (
            <tr key={what} className="border-t border-line">
              <td className="py-1.5">{what}</td>
              <td className="py-1.5 pl-3 text-right">
                <Money micros={micros} currency="USD" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
