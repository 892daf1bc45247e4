import { ChevronRight } from "lucide-react";
import { useEffect, useState } from "react";
import type { Evidence, EvidenceDraft } from "../policy/evidence-draft.ts";
import { EvidenceFields } from "../policy/evidence-fields.tsx";
import { evidenceWords, isAs } from "./start-evidence.ts";

interface EvidencePartProps {
  readonly environment: string;
  readonly policy: Evidence | null;
  readonly mayLoosen: boolean;
  readonly draft: EvidenceDraft;
  /** What is wrong at a place within the evidence policy, or as a whole (""). */
  readonly at: (path: string) => string | null;
  readonly hasError: boolean;
  readonly onChange: (part: Partial<EvidenceDraft>) => void;
}

/** What calls must show while they are on the release: folded as long as it is what the environment has, open where something is wrong. */
export function EvidencePart({ environment, policy, mayLoosen, draft, at, hasError, onChange }: EvidencePartProps) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (hasError) setOpen(true);
  }, [hasError]);
  const whole = at("");
  return (
    <details
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      className="group rounded-lg border border-line"
    >
      <summary className="flex min-h-11 list-none flex-wrap items-center gap-x-2 px-3 py-1.5 hover:bg-hover focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          className="size-4 shrink-0 text-ink-faint transition-transform group-open:rotate-90"
          aria-hidden="true"
        />
        <span className="flex-1 font-medium">What calls must show</span>
        <span className="text-sm text-ink-faint">
          {isAs(draft, policy) ? `as ${environment} has it` : draft.isJudged ? "changed here" : "not compared"}
        </span>
      </summary>
      <div className="grid gap-4 border-t border-line p-4">
        <p className="text-sm text-ink-faint">
          {`In ${environment}, ${evidenceWords(policy)}. `}
          {mayLoosen ? "That is the default." : "A rollout may be judged more strictly, never less."}
        </p>
        {whole !== null && (
          <p className="flex gap-1.5 text-sm text-bad">
            <span aria-hidden="true">▲</span>
            <span>{whole}</span>
          </p>
        )}
        <EvidenceFields draft={draft} at={at} onChange={onChange} />
      </div>
    </details>
  );
}
