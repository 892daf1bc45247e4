import type { Schemas } from "../../api/generated/schema.ts";
import { AnswerLegend, AnswerTime, mostOf } from "../../ui/answer-time.tsx";
import { Note } from "../../ui/note.tsx";
import { Card, Section } from "../../ui/section.tsx";

type Call = Schemas["SessionDetail"];

/** Where the time of each answer went, on one scale, with the target across. */
export function AnswerTimes({ call: { turns, release } }: { readonly call: Call }) {
  const measured = turns.flatMap(({ turn, latency, objective, source }) =>
    latency === null ? [] : [{ turn, latency, objective, source }],
  );
  const targetMs = release?.targetMs ?? null;
  const mostMs = mostOf(
    measured.map(({ latency }) => latency),
    targetMs,
  );
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
                <AnswerTime
                  label={turn === 0 ? "Opening" : `Turn ${turn}`}
                  latency={latency}
                  mostMs={mostMs}
                  targetMs={targetMs}
                />
              </li>
            ))}
          </ol>
          <div className="pl-16 sm:pl-43">
            <AnswerLegend targetMs={targetMs} />
          </div>
        </div>
      </Card>
    </Section>
  );
}
