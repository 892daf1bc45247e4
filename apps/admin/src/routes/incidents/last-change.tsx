import { Hash } from "../../ui/code.tsx";
import { Link } from "../../ui/link.tsx";
import { Note } from "../../ui/note.tsx";
import { formatDuration } from "../../ui/time-text.ts";
import { Time } from "../../ui/time.tsx";
import type { IncidentDetail, StackHealth } from "./words.ts";

/** A change that is younger than this when the incident opens is the first thing to look at. */
const SUSPICIOUS_MS = 6 * 3_600_000;

interface LastChangeProps {
  readonly tenant: string;
  readonly incident: IncidentDetail;
  readonly change: StackHealth["lastChange"];
}

/** The release that changed the stack last, and how long before the incident. */
export function LastChange({ tenant, incident, change }: LastChangeProps) {
  if (change === null) return <p className="text-sm text-ink-faint">None of the latest releases changed this stack.</p>;
  const before = Date.parse(incident.openedAt) - Date.parse(change.at);
  const isFresh = before >= 0 && before < SUSPICIOUS_MS;
  return (
    <Note tone={isFresh ? "warn" : "neutral"}>
      <p>
        Last changed by{" "}
        {change.rolloutId === null ? (
          <Release change={change} />
        ) : (
          <Link to="/t/$tenant/rollouts/$rollout" params={{ tenant, rollout: change.rolloutId }}>
            <Release change={change} />
          </Link>
        )}
        , <Time at={change.at} />
        {before >= 0 ? `, ${formatDuration(before)} before the incident.` : ", after the incident opened."}
      </p>
      {isFresh && (
        <p className="text-ink-soft">
          If the fault is younger than this change, roll back first and look for the cause then.
        </p>
      )}
    </Note>
  );
}

const Release = ({ change }: { readonly change: NonNullable<StackHealth["lastChange"]> }) => (
  <>
    {change.playbook ?? "a release"} <Hash value={change.release} />
  </>
);
