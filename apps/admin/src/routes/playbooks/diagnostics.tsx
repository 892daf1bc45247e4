import { Badge } from "../../ui/badge.tsx";
import { Note } from "../../ui/note.tsx";
import type { Schemas } from "../../api/generated/schema.ts";
import type { Diagnostic } from "./playbook.ts";

/** What was found in a folder; null when it holds no manifest. */
export function Diagnostics({ of }: { readonly of: Schemas["Validation"] | null }) {
  if (of === null)
    return (
      <Note tone="bad" title="This is no playbook" isAlert>
        There is no <code className="font-mono">manifest.yaml</code> at the top of the folder.
      </Note>
    );
  if (of.diagnostics.length === 0) return <Note tone="good" title="Nothing is wrong with it" />;
  return (
    <div role="status" className="grid gap-2">
      <p className="font-medium">{of.valid ? "It can be published" : "It cannot be published yet"}</p>
      <ul className="max-h-80 divide-y divide-line overflow-y-auto rounded-lg border border-line bg-surface">
        {of.diagnostics.map((diagnostic, index) => (
          <Row key={index} diagnostic={diagnostic} />
        ))}
      </ul>
    </div>
  );
}

const TONES = { error: "bad", warning: "warn", note: "neutral" } as const;

const Row = ({
  diagnostic: { severity, summary, detail, path, fix, position },
}: {
  readonly diagnostic: Diagnostic;
}) => (
  <li className="grid gap-1 px-4 py-3">
    <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
      <Badge tone={TONES[severity]}>{severity}</Badge>
      <span className="font-medium">{summary}</span>
      <code className="font-mono text-sm text-ink-faint">
        {position === undefined ? path : `${position.file}:${position.line}:${position.column}`}
      </code>
    </p>
    {detail !== "" && <p className="text-ink-soft">{detail}</p>}
    <p className="text-sm text-ink-soft">
      <span className="font-medium text-ink">Fix</span> {fix}
    </p>
  </li>
);
