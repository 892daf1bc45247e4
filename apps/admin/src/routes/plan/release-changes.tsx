import { Fragment } from "react";
import type { DiffView } from "../../ui/diff.tsx";
import { FieldRow, FieldSign, FieldValue, OPERATIONS } from "./field-changes.tsx";
import { layerName, namedPath } from "./path-text.ts";
import type { FieldChange } from "./plan.ts";

interface ReleaseChangesProps {
  readonly changes: readonly FieldChange[];
  readonly view: DiffView;
}

/** What changes in a release beyond vendors' objects, under the names that people have for it. */
export const ReleaseChanges = ({ changes, view }: ReleaseChangesProps) => (
  <dl className="grid divide-y divide-line">
    {[...Map.groupBy(changes, ({ path }) => namedPath(path).name)].map(([name, own]) => (
      <NamedChanges key={name} name={name} changes={own} view={view} />
    ))}
  </dl>
);

/** All that changes under one name: the name once, each place below it with what is left of its path. */
function NamedChanges({ name, changes, view }: ReleaseChangesProps & { readonly name: string }) {
  const operations = new Set(changes.map(({ operation }) => operation));
  const operation = operations.size === 1 ? (changes[0]?.operation ?? "set") : "set";
  const layers = new Set(changes.map(({ source }) => layerName(source)).filter((layer) => layer !== null));
  const isPlain = changes.length === 1 && namedPath(changes[0]?.path ?? "").rest === "";
  return (
    <FieldRow
      name={
        <>
          <FieldSign operation={operation} />
          <span className="min-w-0">
            <span className="sr-only">{OPERATIONS[operation].word}: </span>
            <span className="font-medium">{name}</span>
            {layers.size > 0 && <span className="block text-sm text-ink-faint">from {[...layers].join(", ")}</span>}
          </span>
        </>
      }
    >
      <div
        className={isPlain ? undefined : "grid gap-x-4 gap-y-1.5 sm:grid-cols-[minmax(4rem,max-content)_minmax(0,1fr)]"}
      >
        {changes.map((change) => (
          <Fragment key={`${change.operation} ${change.path}`}>
            {!isPlain && (
              <code className="max-w-56 pt-0.5 font-mono text-sm text-ink-faint">{namedPath(change.path).rest}</code>
            )}
            <div className="min-w-0">
              <FieldValue change={change} view={view} />
            </div>
          </Fragment>
        ))}
      </div>
    </FieldRow>
  );
}
