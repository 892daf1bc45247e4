import { counted } from "@tandem/kernel";
import { ArrowLeftRight } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { read } from "../../api/query.ts";
import { Badge, StatusDot } from "../../ui/badge.tsx";
import { IconButton } from "../../ui/button.tsx";
import { ChangedValue } from "../../ui/changed-value.tsx";
import { classNames } from "../../ui/class-names.ts";
import { DiffViewChoice } from "../../ui/diff-view-choice.tsx";
import type { DiffView } from "../../ui/diff.tsx";
import { Loaded } from "../../ui/loaded.tsx";
import { Note } from "../../ui/note.tsx";
import { Section } from "../../ui/section.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { changesBySection, type Comparison, comparedPair, type Version } from "./playbook.ts";
import { VersionSelect } from "./version-select.tsx";

interface CompareProps {
  readonly tenant: string | undefined;
  readonly name: string;
  readonly versions: readonly Version[];
}

const route = getRouteApi("/frame/playbooks/$name");

/** What differs between two versions. */
export function Compare({ tenant, name, versions }: CompareProps) {
  const { from, to } = route.useSearch();
  const pair = comparedPair(versions, from, to);
  if (pair === null)
    return <EmptyState title="There is one version only">Publish another one to see what differs.</EmptyState>;
  return <Pair tenant={tenant} name={name} versions={versions} pair={pair} />;
}

interface PairProps extends CompareProps {
  readonly pair: { readonly from: string; readonly to: string };
}

function Pair({ tenant, name, versions, pair }: PairProps) {
  const { view = "inline" } = route.useSearch();
  const navigate = route.useNavigate();
  const go = (part: object): void =>
    void navigate({ search: (before) => ({ ...before, ...pair, ...part }), replace: true });
  const comparison = useQuery(read("/v1/playbooks/{name}/compare", { tenant, path: { name }, query: pair }));
  return (
    <div className="grid gap-6">
      <div className="flex flex-wrap items-end gap-3">
        <VersionSelect label="From" versions={versions} value={pair.from} onChoose={(from) => go({ from })} />
        <IconButton
          label="Swap the versions"
          icon={<ArrowLeftRight className="size-4" aria-hidden="true" />}
          onClick={() => go({ from: pair.to, to: pair.from })}
        />
        <VersionSelect label="To" versions={versions} value={pair.to} onChoose={(to) => go({ to })} />
        <div className="ml-auto">
          <DiffViewChoice view={view} onChoose={(next) => go({ view: next === "inline" ? undefined : next })} />
        </div>
      </div>
      <Loaded of={comparison}>{(found) => <Found comparison={found} view={view} />}</Loaded>
    </div>
  );
}

function Found({ comparison, view }: { readonly comparison: Comparison; readonly view: DiffView }) {
  const sections = changesBySection(comparison.changes);
  if (comparison.differences.length + sections.length === 0)
    return <StatusDot tone="neutral">Nothing differs but the number.</StatusDot>;
  return (
    <>
      {comparison.breakingChanges.map(({ since, summary, migration }) => (
        <Note key={since} tone="warn" title={`Since ${since}: ${summary}`}>
          <p className="whitespace-pre-line text-ink-soft">{migration}</p>
        </Note>
      ))}
      {comparison.differences.length > 0 && <Differences of={comparison} />}
      {sections.map(({ section, changes }) => (
        <Section
          key={section}
          title={<code className="font-mono">{section}</code>}
          actions={<span className="text-sm text-ink-faint">{places(changes.length)}</span>}
        >
          <dl className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
            {changes.map((change) => (
              <ChangeRow key={`${change.change} ${change.path}`} change={change} view={view} />
            ))}
          </dl>
        </Section>
      ))}
    </>
  );
}

const places = (count: number): string => counted(count, "place");

/** What matters to whoever runs the older version; what breaks first. */
function Differences({ of: { differences, from, to } }: { readonly of: Comparison }) {
  const sorted = differences.toSorted((left, right) => Number(right.isBreaking) - Number(left.isBreaking));
  return (
    <Section title={`What matters to who runs ${from.version} and takes ${to.version}`}>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
        {sorted.map(({ path, code, isBreaking, detail }) => (
          <li key={`${code} ${path}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5">
            <span className="w-24 shrink-0">
              {isBreaking ? <Badge tone="bad">breaking</Badge> : <Badge>{CODES[code] ?? "changed"}</Badge>}
            </span>
            <span className="min-w-0 flex-1">{detail.replaceAll("`", "")}</span>
            <code className="font-mono text-sm text-ink-faint max-sm:hidden">{path}</code>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const CODES: Readonly<Record<string, string>> = {
  "parameter-added": "new",
  "resource-added": "new",
  "tool-added": "new",
  "role-added": "new",
  "content-changed": "wording",
};

const SIGNS = {
  added: { sign: "+", ink: "text-good" },
  changed: { sign: "~", ink: "text-warn" },
  removed: { sign: "−", ink: "text-bad" },
} as const;

interface ChangeRowProps {
  readonly change: Comparison["changes"][number];
  readonly view: DiffView;
}

function ChangeRow({ change: { path, change, before, after }, view }: ChangeRowProps) {
  const { sign, ink } = SIGNS[change];
  return (
    <div className="grid gap-2 px-4 py-3">
      <dt className="flex gap-2 font-mono text-sm">
        <span aria-hidden="true" className={classNames("w-3 shrink-0 text-center font-bold", ink)}>
          {sign}
        </span>
        <span className="min-w-0">
          <span className="sr-only">{change}: </span>
          {path}
        </span>
      </dt>
      <dd className="min-w-0 pl-5">
        <ChangedValue
          label={path}
          before={change === "added" ? undefined : before}
          after={change === "removed" ? undefined : after}
          view={view}
        />
      </dd>
    </div>
  );
}
