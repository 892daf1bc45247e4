import { Plus, X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button, IconButton } from "../../../ui/button.tsx";

interface RowListProps<Row> {
  readonly rows: readonly Row[];
  readonly onChange: (rows: readonly Row[]) => void;
  readonly fresh: () => Row;
  /** "staff number": the words on the buttons. */
  readonly noun: string;
  readonly most: number | null;
  readonly isDisabled: boolean;
  readonly children: (row: Row, change: (row: Row) => void, index: number) => ReactNode;
}

/** Rows that are added and removed; the focus goes to the new row, and back to the button after the last one has gone. */
export function RowList<Row>({ rows, onChange, fresh, noun, most, isDisabled, children }: RowListProps<Row>) {
  const list = useRef<HTMLUListElement>(null);
  const add = (): void => {
    onChange([...rows, fresh()]);
    requestAnimationFrame(() => list.current?.lastElementChild?.querySelector<HTMLElement>("input, select")?.focus());
  };
  const remove = (index: number): void => {
    onChange(rows.filter((_, each) => each !== index));
    requestAnimationFrame(() => list.current?.parentElement?.querySelector<HTMLElement>("[data-add]")?.focus());
  };
  const isFull = most !== null && rows.length >= most;
  return (
    <div className="grid w-full justify-items-start gap-2">
      <ul ref={list} className="grid w-full gap-2 empty:hidden">
        {rows.map((row, index) => (
          <li key={index} className="flex items-start gap-1.5">
            <div className="min-w-0 flex-1">
              {children(row, (changed) => onChange(rows.map((each, at) => (at === index ? changed : each))), index)}
            </div>
            {!isDisabled && (
              <IconButton
                label={`Remove ${noun} ${index + 1}`}
                icon={<X className="size-4" aria-hidden="true" />}
                onClick={() => remove(index)}
              />
            )}
          </li>
        ))}
      </ul>
      {rows.length === 0 && <p className="text-ink-faint">None</p>}
      {!isDisabled && (
        <Button
          size="small"
          data-add
          icon={<Plus className="size-4" aria-hidden="true" />}
          disabledBecause={isFull ? `At most ${most}` : null}
          onClick={add}
        >
          Add {noun}
        </Button>
      )}
    </div>
  );
}
