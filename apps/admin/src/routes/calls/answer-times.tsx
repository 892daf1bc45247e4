import type { Schemas } from "../../api/generated/schema.ts";
import { classNames } from "../../ui/class-names.ts";
import { Note } from "../../ui/note.tsx";
import { Card, Section } from "../../ui/section.tsx";
import { StackedBar, StackLegend } from "../../ui/stacked-bar.tsx";

type Call = Schemas["SessionDetail"];

const PARTS = [
  ["Hearing", "transcribeMs"],
  ["End of turn", "endOfTurnMs"],
  ["Model", "modelMs"],
  ["Voice", "speechMs"],
  ["Sending", "sendMs"],
  ["Network", "networkMs"],
] as const;

/** Where the time of each answer went, on one scale, with the target across. */
export function AnswerTimes({ call: { turns, release } }: { readonly call: Call }) {
  const measured = turns.flatMap(({ turn, latency, objective, source }) =>
    latency === null ? [] : [{ turn, latency, objective, source }],
  );
  const targetMs = release?.targetMs ?? null;
  const most = Math.max(...measured.map(({ latency }) => latency.totalMs), (targetMs ?? 0) * 1.1);
  const isVendors = measured.some(({ source }) => source === "vendor-reported");
  return (
    <Section title="Where the time of each answer went">
      <Card>
        <div className="grid gap-3">
          {isVendors && (
            <Note>
              The vendor of the hosted agent reports these figures; they are not to be held against measured ones.
            </Note>
          )}
          <ol className="grid gap-2">
            {measured.map(({ turn, latency, objective }) => (
              <li
                key={turn}
                className="grid grid-cols-[3.25rem_minmax(0,1fr)_4.5rem] items-center gap-x-3 sm:grid-cols-[10rem_minmax(0,1fr)_4.5rem]"
              >
                <a
                  href={`#turn-${turn}`}
                  className="truncate text-sm text-ink-soft hover:underline max-sm:text-right"
                  title={objective}
                >
                  <span className="text-ink tabular-nums">{turn === 0 ? "Opening" : turn}</span>
                  <span className="ml-2 max-sm:hidden">{turn === 0 ? "" : objective}</span>
                </a>
                <StackedBar
                  label={turn === 0 ? "Opening" : `Turn ${turn}`}
                  parts={PARTS.map(([name, member]) => ({ name, value: latency[member] }))}
                  most={most}
                  threshold={targetMs}
                  unit="ms"
                />
                <span
                  className={classNames(
                    "text-right text-sm whitespace-nowrap tabular-nums",
                    targetMs !== null && latency.totalMs > targetMs ? "font-medium text-bad" : "text-ink-soft",
                  )}
                >
                  {Math.round(latency.totalMs)} ms
                </span>
              </li>
            ))}
          </ol>
          <div className="pl-16 sm:pl-43">
            <StackLegend
              names={PARTS.map(([name]) => name)}
              {...(targetMs !== null && { threshold: `target ${targetMs} ms` })}
            />
          </div>
        </div>
      </Card>
    </Section>
  );
}
