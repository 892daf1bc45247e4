import { counted } from "@tandem/kernel";
import { useState } from "react";
import { classNames } from "./class-names.ts";
import { type DiffRow, diffLines, type DiffRun, foldedRows, sideBySide } from "./diff-lines.ts";
import { diffWords, type WordPart } from "./diff-words.ts";

export type DiffView = "inline" | "side-by-side";

export interface DiffProps {
  /** What is compared; read out. */
  readonly label: string;
  /** Null when there was nothing. */
  readonly before: string | null;
  /** Null when there is nothing any more. */
  readonly after: string | null;
  /** `side-by-side` needs width; narrow screens show it inline anyway. */
  readonly view?: DiffView;
}

/** Two texts line by line, and word by word where a line has changed; long stretches that agree are folded. */
export function Diff({ label, before, after, view = "inline" }: DiffProps) {
  const runs = foldedRows(rowsOf(before, after));
  return (
    <div
      role="group"
      aria-label={label}
      className="overflow-hidden rounded-md border border-line bg-surface py-1 font-mono text-sm"
    >
      {runs.map((run, index) => (
        <Run key={index} run={run} isWide={view === "side-by-side" && before !== null && after !== null} />
      ))}
    </div>
  );
}

function rowsOf(before: string | null, after: string | null): DiffRow[] {
  if (before !== null && after !== null) return sideBySide(diffLines(before, after));
  const lines = (before ?? after ?? "").split("\n");
  return lines.map((text) =>
    before === null ? { before: null, after: text, isSame: false } : { before: text, after: null, isSame: false },
  );
}

/** One-sided texts longer than this begin folded. */
const LONG = 24;

function Run({ run: { rows, isHidden }, isWide }: { readonly run: DiffRun; readonly isWide: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const isOneSided = rows.every(({ before, after }) => before === null || after === null);
  const most = isOpen ? rows.length : isHidden ? 0 : isOneSided && rows.length > LONG ? LONG / 2 : rows.length;
  const left = rows.length - most;
  return (
    <>
      {most > 0 && <Rows rows={rows.slice(0, most)} isWide={isWide} />}
      {left > 0 && (
        <button
          type="button"
          onClick={() => setOpen(true)}
          className="my-1 block w-full bg-sunken px-3 py-1 text-left font-sans text-ink-soft hover:bg-hover hover:text-ink focus-visible:-outline-offset-2"
        >
          {`Show ${counted(left, isHidden ? "unchanged line" : "more line")}`}
        </button>
      )}
    </>
  );
}

function Rows({ rows, isWide }: { readonly rows: readonly DiffRow[]; readonly isWide: boolean }) {
  const compared = rows.map(comparedRow);
  return (
    <>
      <div className={classNames(isWide && "md:hidden")}>
        {groupsOf(compared).map((group, index) => (
          <Group key={index} rows={group} />
        ))}
      </div>
      {isWide && (
        <div className="hidden grid-cols-2 md:grid">
          {compared.map((row, index) => (
            <Sides key={index} row={row} />
          ))}
        </div>
      )}
    </>
  );
}

interface ComparedRow {
  readonly before: readonly WordPart[] | null;
  readonly after: readonly WordPart[] | null;
  readonly isSame: boolean;
}

const whole = (text: string | null): readonly WordPart[] | null => (text === null ? null : [{ text, isMarked: false }]);

function comparedRow({ before, after, isSame }: DiffRow): ComparedRow {
  const words = isSame || before === null || after === null ? null : diffWords(before, after);
  return { before: words?.[0] ?? whole(before), after: words?.[1] ?? whole(after), isSame };
}

/** Neighbours that differ stand together, what was above what is. */
function groupsOf(rows: readonly ComparedRow[]): ComparedRow[][] {
  const groups: ComparedRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && last[0].isSame === row.isSame) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function Group({ rows }: { readonly rows: readonly ComparedRow[] }) {
  if (rows[0]?.isSame === true) return rows.map(({ after }, index) => <Line key={index} kind="both" parts={after} />);
  return (
    <>
      {rows.map(({ before }, index) => before !== null && <Line key={`-${index}`} kind="removed" parts={before} />)}
      {rows.map(({ after }, index) => after !== null && <Line key={`+${index}`} kind="added" parts={after} />)}
    </>
  );
}

const Sides = ({ row: { before, after, isSame } }: { readonly row: ComparedRow }) => (
  <>
    <Side kind={isSame ? "both" : "removed"} parts={before} />
    <Side kind={isSame ? "both" : "added"} parts={after} />
  </>
);

type Kind = "both" | "removed" | "added";

const Side = ({ kind, parts }: { readonly kind: Kind; readonly parts: readonly WordPart[] | null }) =>
  parts === null ? (
    <div className="min-h-5 border-r border-line bg-sunken last:border-r-0 even:border-r-0" />
  ) : (
    <div className={classNames("border-r border-line even:border-r-0", FILLS[kind])}>
      <Line kind={kind} parts={parts} />
    </div>
  );

const SIGNS: Readonly<Record<Kind, string>> = { both: " ", removed: "−", added: "+" };
const WORDS: Readonly<Record<Kind, string>> = { both: "", removed: "removed: ", added: "added: " };
const FILLS: Readonly<Record<Kind, string>> = { both: "", removed: "bg-bad-fill", added: "bg-good-fill" };
const MARKS: Readonly<Record<Kind, string>> = { both: "", removed: "text-bad", added: "text-good" };

const Line = ({ kind, parts }: { readonly kind: Kind; readonly parts: readonly WordPart[] | null }) => (
  <div className={classNames("flex min-h-5 gap-2.5 px-3 whitespace-pre-wrap", FILLS[kind])}>
    <span aria-hidden="true" className={classNames("shrink-0 select-none", kind === "both" ? "" : MARKS[kind])}>
      {SIGNS[kind]}
    </span>
    <span className="min-w-0">
      {WORDS[kind] !== "" && <span className="sr-only">{WORDS[kind]}</span>}
      {parts?.map(({ text, isMarked }, index) =>
        isMarked ? (
          <mark
            key={index}
            className={classNames("bg-transparent font-bold underline underline-offset-3", MARKS[kind])}
          >
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  </div>
);
