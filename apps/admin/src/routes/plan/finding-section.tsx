import { counted } from "@tandem/kernel";
import { Info, OctagonAlert, TriangleAlert } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";
import { Section } from "../../ui/section.tsx";
import { type Finding, type FindingGroup, findingGroups } from "./plan.ts";

const LOOKS: Readonly<Record<Finding["severity"], { icon: typeof Info; ink: string; word: string }>> = {
  error: { icon: OctagonAlert, ink: "text-bad", word: "Error" },
  warning: { icon: TriangleAlert, ink: "text-warn", word: "Warning" },
  note: { icon: Info, ink: "text-ink-faint", word: "Note" },
};

/** What preflight found, the worst first, each with its fix; notes are folded behind what matters. */
export function FindingSection({ findings }: { readonly findings: readonly Finding[] }) {
  const groups = findingGroups(findings);
  if (groups.length === 0) return null;
  const [loud, notes] = [
    groups.filter(({ severity }) => severity !== "note"),
    groups.filter(({ severity }) => severity === "note"),
  ];
  return (
    <Section title="Findings of preflight">
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <ul className="divide-y divide-line">
          {loud.map((group) => (
            <Group key={`${group.code} ${group.fix}`} group={group} />
          ))}
        </ul>
        {notes.length > 0 && (
          <details open={loud.length === 0} className={loud.length === 0 ? undefined : "border-t border-line"}>
            <summary className="mx-4 my-2.5 w-fit rounded-xs text-ink-soft hover:text-ink">
              {counted(notes.length, "note")}
            </summary>
            <ul className="divide-y divide-line border-t border-line">
              {notes.map((group) => (
                <Group key={`${group.code} ${group.fix}`} group={group} />
              ))}
            </ul>
          </details>
        )}
      </div>
    </Section>
  );
}

function Group({ group: { severity, code, summary, fix, places } }: { readonly group: FindingGroup }) {
  const { icon: Icon, ink, word } = LOOKS[severity];
  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon className={classNames("mt-0.5 size-4.5 shrink-0", ink)} aria-hidden="true" />
      <div className="grid min-w-0 flex-1 gap-1.5">
        <p>
          <span className="sr-only">{word}: </span>
          <span className="font-medium">{summary}</span>
          <code className="ml-2 font-mono text-sm text-ink-faint">{code}</code>
        </p>
        <ul className="grid gap-1">
          {places.map(({ address, detail }) => (
            <li key={`${address} ${detail}`} className="grid gap-x-6 text-ink-soft md:grid-cols-[13rem_minmax(0,1fr)]">
              <code className="font-mono text-sm">{address === "" ? "deployment" : address}</code>
              <span>{detail}</span>
            </li>
          ))}
        </ul>
        <p className="text-sm text-ink-soft">
          <span className="font-medium text-ink">Fix</span> {fix}
        </p>
      </div>
    </li>
  );
}
