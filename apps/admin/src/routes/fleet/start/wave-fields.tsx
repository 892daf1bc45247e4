import { Plus, X } from "lucide-react";
import { Button, IconButton } from "../../../ui/button.tsx";
import { Input, Select } from "../../../ui/input.tsx";
import type { WaveDraft } from "./fleet-draft.ts";
import type { PartProps } from "./part.ts";

const KINDS: readonly (readonly [WaveDraft["kind"], string])[] = [
  ["early-access", "The early-access cohort"],
  ["count", "So many deployments"],
  ["share", "Up to a share of the fleet"],
  ["rest", "All that are left"],
];
const UNITS: Readonly<Partial<Record<WaveDraft["kind"], string>>> = { count: "deployments", share: "% of the fleet" };
const MOST = 20;

/** The waves in their order: who moves first, and who then. */
export function WaveFields({ draft: { waves }, at, onChange }: PartProps) {
  const put = (index: number, wave: WaveDraft): void => onChange({ waves: waves.with(index, wave) });
  const error = at("/rings");
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-lg font-semibold">Waves</legend>
      <p className="text-sm text-ink-faint">
        One after the other. A share counts what earlier waves have taken; the first deployment of each tenant comes
        before the second of any.
      </p>
      <ol className="grid gap-2">
        {waves.map((wave, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- waves have no name but their place
          <li key={`${waves.length} ${index}`} className="grid gap-1">
            <Wave
              wave={wave}
              position={index + 1}
              error={at(`/rings/${index}`)}
              isOnly={waves.length === 1}
              onChange={(next) => put(index, next)}
              onRemove={() => onChange({ waves: waves.filter((_, place) => place !== index) })}
            />
          </li>
        ))}
      </ol>
      {error !== null && <Wrong>{error}</Wrong>}
      <div className="pl-7">
        <Button
          size="small"
          icon={<Plus className="size-4" aria-hidden="true" />}
          disabledBecause={waves.length >= MOST ? `A fleet rollout has at most ${MOST} waves` : null}
          onClick={() => onChange({ waves: [...waves, { kind: "share", amount: "100" }] })}
        >
          Add wave
        </Button>
      </div>
    </fieldset>
  );
}

interface WaveProps {
  readonly wave: WaveDraft;
  readonly position: number;
  readonly error: string | null;
  readonly isOnly: boolean;
  readonly onChange: (wave: WaveDraft) => void;
  readonly onRemove: () => void;
}

const Wave = ({ wave, position, error, isOnly, onChange, onRemove }: WaveProps) => (
  <>
    <div className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-3">
      <span className="pt-2 text-right text-ink-faint tabular-nums">{position}</span>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-52 flex-1 sm:max-w-60">
          <Select
            aria-label={`Who is in wave ${position}`}
            value={wave.kind}
            onChange={({ target }) => onChange({ ...wave, kind: target.value as WaveDraft["kind"] })}
          >
            {KINDS.map(([kind, words]) => (
              <option key={kind} value={kind}>
                {words}
              </option>
            ))}
          </Select>
        </div>
        {UNITS[wave.kind] !== undefined && (
          <span className="flex items-center gap-2">
            <Input
              className="max-w-20"
              inputMode="decimal"
              aria-label={`How much in wave ${position}`}
              aria-invalid={error !== null || undefined}
              aria-describedby={error === null ? undefined : `wave-${position}-error`}
              value={wave.amount}
              onChange={({ target }) => onChange({ ...wave, amount: target.value })}
            />
            <span className="whitespace-nowrap text-ink-soft">{UNITS[wave.kind]}</span>
          </span>
        )}
      </div>
      <span className="pt-1">
        <IconButton
          size="small"
          label={`Remove wave ${position}`}
          icon={<X className="size-4" aria-hidden="true" />}
          disabledBecause={isOnly ? "There is at least one wave" : null}
          onClick={onRemove}
        />
      </span>
    </div>
    {error !== null && <Wrong id={`wave-${position}-error`}>{error}</Wrong>}
  </>
);

const Wrong = ({ id, children }: { readonly id?: string; readonly children: string }) => (
  <p id={id} className="flex gap-1.5 pl-7 text-sm text-bad">
    <span aria-hidden="true">▲</span>
    <span>{children}</span>
  </p>
);
