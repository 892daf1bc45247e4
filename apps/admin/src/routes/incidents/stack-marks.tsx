import { StatusDot } from "../../ui/badge.tsx";
import { type Diagnosis, diagnosisTones, diagnosisWords, stackTitles } from "./words.ts";

/** The walk in a cell: one mark for each stack, in order. */
export const StackMarks = ({ stacks }: { readonly stacks: readonly Diagnosis[] }) => (
  <span className="inline-flex gap-1.5">
    {stacks.map(({ stack, state }) => (
      <span key={stack} title={`${stackTitles[stack]}: ${diagnosisWords[state]}`}>
        <StatusDot tone={diagnosisTones[state]}>
          <span className="sr-only">{`${stackTitles[stack]} ${diagnosisWords[state]}`}</span>
        </StatusDot>
      </span>
    ))}
  </span>
);
