import { counted } from "@tandem/kernel";
import { StatusDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ProblemNote } from "../../ui/problem-note.tsx";
import type { Check } from "./use-check.ts";
import type { Editing } from "./use-edit.ts";

interface SaveBarProps {
  readonly editing: Editing;
  readonly check: Check;
  /** Why nothing can be saved: a role, a text that is no YAML. */
  readonly refusal: string | null;
  readonly onSave: () => void;
  readonly onPlan: () => void;
  readonly isPlanning: boolean;
}

/** What is unsaved, what the server says of it, and saving; at the bottom edge of the window, always of the same height. */
export function SaveBar({ editing, check, refusal, onSave, onPlan, isPlanning }: SaveBarProps) {
  const count = editing.changes.length;
  const hasChanges = count > 0;
  const cannotPlan =
    refusal ?? (check.state === "invalid" ? "A plan needs every value: see what is missing above" : null);
  return (
    <div className="sticky bottom-0 z-20 -mx-4 grid gap-3 border-t border-line bg-surface px-4 py-2.5 sm:-mx-6 sm:px-6 lg:-mx-8 lg:px-8">
      {editing.problem !== null && <ProblemNote problem={editing.problem} />}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex min-h-9 flex-wrap items-center gap-x-4 text-sm" role="status">
          <span className="font-medium">{hasChanges ? counted(count, "unsaved change") : "All changes are saved"}</span>
          <CheckWord check={check} />
        </div>
        <div className="flex flex-wrap gap-2">
          {hasChanges && (
            <Button look="quiet" onClick={editing.discard}>
              Discard
            </Button>
          )}
          <Button
            disabledBecause={refusal ?? (hasChanges ? null : "There is nothing to save")}
            isBusy={editing.isSaving && !isPlanning}
            onClick={onSave}
          >
            Save
          </Button>
          <Button look="main" disabledBecause={cannotPlan} isBusy={isPlanning} onClick={onPlan}>
            {hasChanges ? "Save and plan" : "Plan"}
          </Button>
        </div>
      </div>
    </div>
  );
}

function CheckWord({ check: { state, errors, isLive } }: { readonly check: Check }) {
  if (state === "unknown") return null;
  if (state === "checking") return <StatusDot tone="busy">Checking …</StatusDot>;
  if (state === "failed") return <StatusDot tone="warn">Could not be checked</StatusDot>;
  if (state === "valid")
    return <StatusDot tone="good">{isLive ? "This is what callers get now" : "Ready to plan"}</StatusDot>;
  return <StatusDot tone="warn">{counted(errors.length, "thing keeps", "things keep")} it from a plan</StatusDot>;
}
