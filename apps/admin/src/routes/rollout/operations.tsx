import type { Schemas } from "../../api/generated/schema.ts";
import { StatusDot } from "../../ui/badge.tsx";
import { Meter } from "../../ui/meter.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import type { StageProps } from "./stage-view.tsx";

type Step = Schemas["Step"];
type StepState = "pending" | "intent" | "done" | "skipped" | "failed";

const TONES: Readonly<Record<StepState, Tone>> = {
  pending: "neutral",
  intent: "busy",
  done: "good",
  skipped: "neutral",
  failed: "bad",
};
const WORDS: Readonly<Record<StepState, string>> = {
  pending: "to do",
  intent: "writing",
  done: "done, read back",
  skipped: "skipped",
  failed: "failed",
};

const columns: readonly Column<Step>[] = [
  {
    name: "state",
    header: "State",
    width: "9.5rem",
    cell: ({ state }) => <StatusDot tone={TONES[state as StepState]}>{WORDS[state as StepState]}</StatusDot>,
  },
  { name: "verb", header: "Verb", width: "5.5rem", from: "sm", cell: ({ verb }) => verb },
  {
    name: "object",
    header: "Object",
    cell: ({ address }) => (
      <span className="font-mono text-sm" title={address}>
        {address}
      </span>
    ),
  },
  { name: "vendor", header: "Vendor", width: "6.5rem", from: "sm", cell: ({ vendor }) => vendor },
  {
    name: "tries",
    header: "Tries",
    width: "7rem",
    align: "end",
    from: "md",
    cell: ({ attempt, notBefore, state }) =>
      notBefore !== null && state !== "done" ? (
        <Time at={notBefore} show="relative" />
      ) : attempt <= 1 ? (
        attempt || "–"
      ) : (
        `${attempt} tries`
      ),
  },
  {
    name: "id",
    header: "Id at the vendor",
    width: "12rem",
    from: "lg",
    cell: ({ externalId }) =>
      externalId === null ? (
        "–"
      ) : (
        <span className="font-mono text-sm" title={externalId}>
          {externalId}
        </span>
      ),
  },
];

interface OperationsProps extends StageProps {
  /** Stages of the journal. */
  readonly of: readonly string[];
}

/** Every write at a vendor, from intent to outcome. */
export function Operations({ rollout, of, stage }: OperationsProps) {
  const steps = rollout.steps.filter((step) => of.includes(step.stage));
  if (steps.length === 0)
    return stage.endedAt === null ? (
      <EmptyState title="Nothing written yet">
        Operations stand here once they are laid out, before the first write.
      </EmptyState>
    ) : (
      <EmptyState title="Nothing had to be written">The vendors had everything as it must be.</EmptyState>
    );
  const done = steps.filter(({ state }) => state === "done" || state === "skipped").length;
  return (
    <div className="grid gap-3">
      <Meter
        label="Operations"
        value={done}
        most={steps.length}
        text={`${done} of ${steps.length} done and read back`}
        tone={done === steps.length ? "good" : "busy"}
      />
      <Table label="Vendor operations" columns={columns} rows={steps} keyOf={({ seq }) => String(seq)} />
    </div>
  );
}
