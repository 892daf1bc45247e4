import { classNames } from "./class-names.ts";
import type { DiffView } from "./diff.tsx";

const VIEWS: readonly (readonly [DiffView, string])[] = [
  ["inline", "Inline"],
  ["side-by-side", "Side by side"],
];

/** How long values are compared; narrow screens have room for one way only. */
export const DiffViewChoice = ({
  view,
  onChoose,
}: {
  readonly view: DiffView;
  readonly onChoose: (view: DiffView) => void;
}) => (
  <fieldset className="flex gap-0.5 rounded-md border border-line bg-sunken p-0.5 max-md:hidden">
    <legend className="sr-only">How texts are compared</legend>
    {VIEWS.map(([name, text]) => (
      <button
        key={name}
        type="button"
        aria-pressed={view === name}
        onClick={() => onChoose(name)}
        className={classNames(
          "min-h-6.5 rounded-sm px-2.5 text-sm font-medium",
          view === name ? "bg-surface text-ink shadow-raised" : "text-ink-soft hover:text-ink",
        )}
      >
        {text}
      </button>
    ))}
  </fieldset>
);
