import { ArrowRight } from "lucide-react";
import { classNames } from "../../ui/class-names.ts";
import { Diff } from "../../ui/diff.tsx";
import { layerName, namedPath } from "./path-text.ts";
import { LongText } from "./long-text.tsx";
import type { FieldChange } from "./plan.ts";
import { isLong, valueText } from "./value-text.ts";

export type DiffView = "inline" | "side-by-side";

interface FieldChangesProps {
  readonly changes: readonly FieldChange[];
  readonly view: DiffView;
  /** True for members of the release, which have names of their own; fields of a vendor's object go by their path. */
  readonly isOfRelease?: boolean;
}

/** What changes inside of one thing, field by field. */
export const FieldChanges = ({ changes, view, isOfRelease = false }: FieldChangesProps) => (
  <dl className="grid divide-y divide-line">
    {changes.map((change) => (
      <div
        key={`${change.operation} ${change.path}`}
        className="grid gap-x-6 gap-y-1.5 py-2.5 first:pt-0 last:pb-0 md:grid-cols-[13rem_minmax(0,1fr)]"
      >
        <FieldName change={change} isOfRelease={isOfRelease} />
        <dd className="min-w-0">
          <Values change={change} view={view} />
        </dd>
      </div>
    ))}
  </dl>
);

const OPERATIONS: Readonly<Record<FieldChange["operation"], { sign: string; word: string; ink: string }>> = {
  add: { sign: "+", word: "new", ink: "text-good" },
  set: { sign: "~", word: "changed", ink: "text-warn" },
  remove: { sign: "−", word: "gone", ink: "text-bad" },
  move: { sign: "↕", word: "moved", ink: "text-warn" },
};

function FieldName({ change, isOfRelease }: { readonly change: FieldChange; readonly isOfRelease: boolean }) {
  const { sign, word, ink } = OPERATIONS[change.operation];
  const { name, rest } = isOfRelease ? namedPath(change.path) : { name: change.path || "everything", rest: "" };
  const layer = layerName(change.source);
  return (
    <dt className="flex min-w-0 gap-2">
      <span aria-hidden="true" className={classNames("w-3 shrink-0 text-center font-mono font-bold", ink)}>
        {sign}
      </span>
      <span className="min-w-0">
        <span className="sr-only">{word}: </span>
        <span className={isOfRelease ? "font-medium" : "font-mono text-sm"}>{name}</span>
        {rest !== "" && <span className="block font-mono text-sm text-ink-faint">{rest}</span>}
        {layer !== null && <span className="block text-sm text-ink-faint">from {layer}</span>}
      </span>
    </dt>
  );
}

function Values({ change, view }: { readonly change: FieldChange; readonly view: DiffView }) {
  const { operation, path } = change;
  if (operation === "move") return <>{`from place ${Number(change.before) + 1} to ${Number(change.after) + 1}`}</>;
  const before = operation === "add" ? null : valueText(change.before);
  const after = operation === "remove" ? null : valueText(change.after);
  if (before === null && after !== null && isLong(after)) return <LongText text={after} />;
  if ([before, after].some((text) => text !== null && isLong(text)))
    return <Diff label={path} before={before} after={after} view={view} />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {before !== null && <Before text={before} isAlone={after === null} />}
      {before !== null && after !== null && (
        <ArrowRight className="size-3.5 shrink-0 text-ink-faint" aria-label="becomes" />
      )}
      {after !== null && <span>{shown(after)}</span>}
      {change.knownAfterApply === true && <span className="text-sm text-ink-faint">known after apply</span>}
    </span>
  );
}

const Before = ({ text, isAlone }: { readonly text: string; readonly isAlone: boolean }) => (
  <span className={classNames("text-ink-soft", isAlone && "line-through")}>{shown(text)}</span>
);

const shown = (text: string) => (text === "" ? <span className="text-ink-faint italic">empty</span> : text);
