import type { FieldState, FormField, Source } from "./form-field.ts";
import { valueText } from "./form-field.ts";

interface ProvenanceProps {
  readonly field: FormField;
  readonly state: FieldState;
  readonly tenantName: string;
  readonly isMissing: boolean;
  readonly isChanged: boolean;
  readonly isDisabled: boolean;
  readonly onReset: () => void;
}

const LONGEST = 24;

/** Which layer says what is in force, and the way back to what is inherited. */
export function Provenance({ field, state, tenantName, isMissing, isChanged, isDisabled, onReset }: ProvenanceProps) {
  const { source, isOwn, isCovered, inherited, inheritedFrom } = state;
  if (isMissing) return <span className="font-medium text-warn">needed</span>;
  const words: Readonly<Record<Source, string>> = {
    playbook: "from the playbook",
    tenant: isOwn ? `set for all of ${tenantName}` : `from all of ${tenantName}`,
    deployment: "set here",
  };
  const back = valueText(field, inherited);
  const isShort = typeof inherited !== "object" && back.length <= LONGEST;
  const act = inheritedFrom === null ? "Clear" : isShort ? `Reset to ${back}` : "Reset";
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2">
      <span className={isChanged ? "font-medium text-busy" : undefined}>
        {isChanged ? "changed" : source === null ? "not set" : words[source]}
      </span>
      {isCovered && <span className="text-warn">this deployment has its own</span>}
      {isOwn && !isDisabled && (
        <button
          type="button"
          className="rounded-xs text-ink-soft underline decoration-edge underline-offset-3 hover:text-ink"
          aria-label={`${act}: ${field.label}`}
          title={
            inheritedFrom === null
              ? undefined
              : `Back to what comes ${inheritedFrom === "playbook" ? "from the playbook" : `from all of ${tenantName}`}`
          }
          onClick={onReset}
        >
          {act}
        </button>
      )}
    </span>
  );
}
