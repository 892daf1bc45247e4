import { classNames } from "./class-names.ts";
import { type DiffLine, diffLines, type DiffRow, sideBySide } from "./diff-lines.ts";

export interface DiffProps {
  /** What is compared; read out. */
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** `side-by-side` needs width; narrow screens show it inline anyway. */
  readonly view?: "inline" | "side-by-side";
}

const SIGNS: Readonly<Record<DiffLine["kind"], string>> = { both: " ", removed: "−", added: "+" };
const WORDS: Readonly<Record<DiffLine["kind"], string>> = { both: "", removed: "removed: ", added: "added: " };
const FILLS: Readonly<Record<DiffLine["kind"], string>> = {
  both: "",
  removed: "bg-bad-fill",
  added: "bg-good-fill",
};

/** Two texts line by line; sign and word tell the side besides the colour. */
export function Diff({ label, before, after, view = "inline" }: DiffProps) {
  const lines = diffLines(before, after);
  const isWide = view === "side-by-side";
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface font-mono text-sm"
    >
      <div className={classNames(isWide && "md:hidden")}>
        {lines.map((line, index) => (
          <Line key={index} {...line} />
        ))}
      </div>
      {isWide && (
        <div className="grid grid-cols-2 divide-x divide-line max-md:hidden">
          {sideBySide(lines).map((row, index) => (
            <Sides key={index} row={row} />
          ))}
        </div>
      )}
    </div>
  );
}

const Line = ({ kind, text }: DiffLine) => (
  <div className={classNames("flex min-h-5 gap-3 px-3 whitespace-pre-wrap", FILLS[kind])}>
    <span aria-hidden="true" className="select-none text-ink-faint">
      {SIGNS[kind]}
    </span>
    <span>
      {WORDS[kind] !== "" && <span className="sr-only">{WORDS[kind]}</span>}
      {text}
    </span>
  </div>
);

const Sides = ({ row: { before, after, isSame } }: { readonly row: DiffRow }) => (
  <>
    {before === null ? <div className="bg-sunken" /> : <Line kind={isSame ? "both" : "removed"} text={before} />}
    {after === null ? <div className="bg-sunken" /> : <Line kind={isSame ? "both" : "added"} text={after} />}
  </>
);
