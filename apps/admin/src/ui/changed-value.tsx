import { ArrowRight } from "lucide-react";
import { classNames } from "./class-names.ts";
import { Diff, type DiffView } from "./diff.tsx";
import { LongText } from "./long-text.tsx";
import { isLong, sidesText } from "./value-text.ts";

export interface ChangedValueProps {
  /** What has changed; read out. */
  readonly label: string;
  /** Any JSON; undefined when there was nothing. */
  readonly before: unknown;
  /** Undefined when there is nothing any more. */
  readonly after: unknown;
  readonly view: DiffView;
}

/** A value before and after: short ones beside each other, long ones as a comparison, new ones as they are. */
export function ChangedValue({ label, before: old, after: now, view }: ChangedValueProps) {
  const [before, after] = sidesText(old, now);
  if (before == null && after != null) return isLong(after) ? <LongText text={after} /> : <span>{shown(after)}</span>;
  if ([before, after].some((text) => text != null && isLong(text)))
    return <Diff label={label} before={before ?? null} after={after ?? null} view={view} />;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {before != null && (
        <span className={classNames("text-ink-soft", after == null && "line-through")}>{shown(before)}</span>
      )}
      {before != null && after != null && (
        <ArrowRight role="img" className="size-3.5 shrink-0 text-ink-faint" aria-label="becomes" />
      )}
      {after != null && <span>{shown(after)}</span>}
    </span>
  );
}

const shown = (text: string) => (text === "" ? <span className="text-ink-faint italic">empty</span> : text);
