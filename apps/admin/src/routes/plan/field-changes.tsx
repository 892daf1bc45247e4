import type { ReactNode } from "react";
import { ChangedValue } from "../../ui/changed-value.tsx";
import { classNames } from "../../ui/class-names.ts";
import type { DiffView } from "../../ui/diff.tsx";
import { layerName } from "./path-text.ts";
import type { FieldChange } from "./plan.ts";

interface FieldChangesProps {
  readonly changes: readonly FieldChange[];
  readonly view: DiffView;
}

/** What changes inside of a vendor's object, field by field. */
export const FieldChanges = ({ changes, view }: FieldChangesProps) => (
  <dl className="grid divide-y divide-line">
    {changes.map((change) => (
      <FieldRow key={`${change.operation} ${change.path}`} name={<FieldName change={change} />}>
        <FieldValue change={change} view={view} />
      </FieldRow>
    ))}
  </dl>
);

interface FieldRowProps {
  readonly name: ReactNode;
  readonly children: ReactNode;
}

export const FieldRow = ({ name, children }: FieldRowProps) => (
  <div className="grid gap-x-6 gap-y-1.5 py-2.5 first:pt-0 last:pb-0 md:grid-cols-[13rem_minmax(0,1fr)]">
    <dt className="flex min-w-0 gap-2">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </div>
);

type Operation = FieldChange["operation"];

export const OPERATIONS: Readonly<Record<Operation, { sign: string; word: string; ink: string }>> = {
  add: { sign: "+", word: "new", ink: "text-good" },
  set: { sign: "~", word: "changed", ink: "text-warn" },
  remove: { sign: "−", word: "gone", ink: "text-bad" },
  move: { sign: "↕", word: "moved", ink: "text-warn" },
};

export const FieldSign = ({ operation }: { readonly operation: Operation }) => (
  <span
    aria-hidden="true"
    className={classNames("w-3 shrink-0 text-center font-mono font-bold", OPERATIONS[operation].ink)}
  >
    {OPERATIONS[operation].sign}
  </span>
);

function FieldName({ change: { operation, path, source } }: { readonly change: FieldChange }) {
  const layer = layerName(source);
  return (
    <>
      <FieldSign operation={operation} />
      <span className="min-w-0">
        <span className="sr-only">{OPERATIONS[operation].word}: </span>
        <span className="font-mono text-sm">{path === "" ? "everything" : path}</span>
        {layer !== null && <span className="block text-sm text-ink-faint">from {layer}</span>}
      </span>
    </>
  );
}

/** The value of a field before and after, or where it has moved. */
export function FieldValue({ change, view }: { readonly change: FieldChange; readonly view: DiffView }) {
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
