import { Badge } from "../../ui/badge.tsx";
import { Mono } from "../../ui/code.tsx";
import { EmptyState } from "../../ui/states.tsx";
import type { Tone } from "../../ui/tone.ts";
import { textOf } from "./event-log.ts";
import type { StageProps } from "./stage-view.tsx";

const TONES: Readonly<Record<string, Tone>> = { error: "bad", warning: "warn", note: "neutral" };
const SEVERITIES = ["error", "warning", "note"];

/** What preflight and planning found, with how to mend it; errors first. */
export function Preflight({ log, stage }: StageProps) {
  const findings = log
    .filter(({ type }) => type === "finding-raised")
    .map((event) => ({
      key: String(event.seq),
      severity: textOf(event, "severity"),
      code: textOf(event, "code"),
      summary: textOf(event, "summary"),
      detail: textOf(event, "detail"),
      address: textOf(event, "address"),
      fix: textOf(event, "fix"),
    }))
    .toSorted((left, right) => SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity));
  if (findings.length === 0)
    return stage.endedAt === null ? (
      <EmptyState title="Preflight is looking">
        Accounts, number, credentials and providers are looked at; nothing is written at a vendor.
      </EmptyState>
    ) : (
      <EmptyState title="Preflight found nothing">
        Accounts, number, credentials and providers were as the release needs them.
      </EmptyState>
    );
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {findings.map(({ key, severity, code, summary, detail, address, fix }) => (
        <li key={key} className="grid gap-1 px-4 py-3">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
            <Badge tone={TONES[severity] ?? "neutral"}>{severity}</Badge>
            {summary}
          </p>
          {detail !== "" && <p className="text-ink-soft">{detail}</p>}
          {fix !== "" && <p>{fix}</p>}
          <p className="text-sm text-ink-faint">
            <Mono>{code}</Mono>
            {address !== "" && (
              <>
                {" · "}
                <Mono>{address}</Mono>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
