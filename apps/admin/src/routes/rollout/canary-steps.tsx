import { Duration } from "../../ui/amount.tsx";
import { StatusDot } from "../../ui/badge.tsx";
import { classNames } from "../../ui/class-names.ts";
import { Section } from "../../ui/section.tsx";
import { Time } from "../../ui/time.tsx";
import type { Tone } from "../../ui/tone.ts";
import { type EventLog, numberOf, type RolloutEvent, textOf } from "./event-log.ts";
import { type Rollout, share, type Standing } from "./words.ts";

interface CanaryStepsProps {
  readonly rollout: Rollout;
  readonly standing: Standing;
  readonly log: EventLog;
}

/** The shares of new calls, one after the other: taken, in force, to come. */
export function CanarySteps({ rollout, standing: { watch }, log }: CanaryStepsProps) {
  const steps = rollout.policy.strategy?.kind === "canary" ? rollout.policy.strategy.steps : [];
  const taken = log.filter((event) => event.type === "pointer-moved" && textOf(event, "cause") === "shift");
  const inForce = watch?.kind === "canary" ? watch.step : null;
  return (
    <Section title="Canary steps">
      <ol className="grid gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-flow-col sm:auto-cols-fr">
        {steps.map(({ weightBp, watchMs }, index) => {
          const move = taken.find((event) => numberOf(event, "weightBp") === weightBp);
          const [tone, word] = stateOf(move, index === inForce);
          return (
            <li
              key={weightBp}
              className={classNames("grid gap-1 bg-surface px-4 py-3", move === undefined && "text-ink-faint")}
            >
              <span className="flex items-baseline justify-between gap-2">
                <span className="text-lg font-semibold tabular-nums">{share(weightBp)}</span>
                <StatusDot tone={tone}>{word}</StatusDot>
              </span>
              <span aria-hidden="true" className="h-1.5 rounded-full bg-line">
                <span
                  className={classNames("block h-full rounded-full", move === undefined ? "bg-edge/50" : "bg-ink-soft")}
                  style={{ width: `${weightBp / 100}%` }}
                />
              </span>
              <span className="text-sm text-ink-faint">
                watched <Duration ms={watchMs} /> at least
                {move !== undefined && (
                  <>
                    {" · "}
                    <Time at={move.at} show="absolute" />
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function stateOf(move: RolloutEvent | undefined, isInForce: boolean): readonly [Tone, string] {
  if (isInForce) return ["busy", "in force"];
  return move === undefined ? ["neutral", "to come"] : ["good", "taken"];
}
