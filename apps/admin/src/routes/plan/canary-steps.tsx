import { Plus, X } from "lucide-react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Input } from "../../ui/input.tsx";
import { LengthInput } from "./length-input.tsx";
import type { CanaryStep } from "../policy/canary-draft.ts";

interface CanaryStepsProps {
  readonly steps: readonly CanaryStep[];
  readonly onChange: (steps: readonly CanaryStep[]) => void;
  readonly error: string | undefined;
}

const MOST = 10;

/** The growing shares of new calls, and how long each is watched. */
export function CanarySteps({ steps, onChange, error }: CanaryStepsProps) {
  const put = (index: number, step: CanaryStep): void => onChange(steps.with(index, step));
  const add = (): void => {
    const last = Number(steps.at(-1)?.share ?? 0);
    onChange([...steps, { share: String(Math.min(99, Math.round(last + (100 - last) / 2))), watchMs: 30 * 60_000 }]);
  };
  return (
    <fieldset className="grid gap-2" aria-describedby={error === undefined ? undefined : "canary-error"}>
      <legend className="sr-only">Steps of the canary</legend>
      {steps.map((step, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- steps have no name but their place
        <div key={`${steps.length} ${index}`} className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span className="w-4 text-right text-ink-faint tabular-nums">{index + 1}</span>
          <span className="flex w-24 items-center gap-1.5">
            <Input
              inputMode="decimal"
              aria-label={`Share of step ${index + 1}, per cent of new calls`}
              value={step.share}
              onChange={({ target }) => put(index, { ...step, share: target.value })}
            />
            %
          </span>
          <span className="text-ink-soft">watched for</span>
          <LengthInput
            label={`watch of step ${index + 1}`}
            value={step.watchMs}
            onChange={(watchMs) => put(index, { ...step, watchMs })}
          />
          <IconButton
            size="small"
            label={`Remove step ${index + 1}`}
            icon={<X className="size-4" aria-hidden="true" />}
            disabled={steps.length === 1}
            onClick={() => onChange(steps.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {error !== undefined && (
        <p id="canary-error" className="text-sm text-bad">
          <span aria-hidden="true">▲ </span>
          {error}
        </p>
      )}
      <div className="pl-7">
        <Button
          size="small"
          icon={<Plus className="size-4" aria-hidden="true" />}
          disabledBecause={steps.length >= MOST ? `A canary has at most ${MOST} steps` : null}
          onClick={add}
        >
          Add step
        </Button>
      </div>
    </fieldset>
  );
}
