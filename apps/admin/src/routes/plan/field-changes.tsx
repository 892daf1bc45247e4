import { ChangedValue } from "../../ui/changed-value.tsx";
import { classNames } from "../../ui/class-names.ts";
import type { DiffView } from "../../ui/diff.tsx";
import { layerName, namedPath } from "./path-text.ts";
import type { FieldChange } from "./plan.ts";

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
  const { operation, path, before, after, knownAfterApply } = change;
  if (operation === "move") return <>{`from place ${Number(before) + 1} to ${Number(after) + 1}`}</>;
  return (
    <>
      <ChangedValue
        label={path}
        before={operation === "add" ? undefined : before}
        after={operation === "remove" ? undefined : after}
        view={view}
      />
      {knownAfterApply === true && <span className="ml-2 text-sm text-ink-faint">known after apply</span>}
    </>
  );
}
