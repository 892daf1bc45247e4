import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { classNames } from "./class-names.ts";
import { ScrollBox } from "./scroll-box.tsx";
import { Skeleton } from "./skeleton.tsx";

export interface Column<Row> {
  readonly name: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "start" | "end";
  /** A share of the width as CSS, e.g. "14rem" or "30%"; widths do not follow the content, so nothing moves when rows arrive. */
  readonly width?: string;
  /** Left out on screens narrower than this. */
  readonly from?: "sm" | "md" | "lg" | "2xl";
}

export interface TableProps<Row> {
  /** Says what is listed; read out. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Number of all rows where the server knows it and not all are here. */
  readonly totalCount?: number;
  /** Shows this many grey rows instead of rows. */
  readonly loadingRows?: number;
  /** Called when the last rows come near the screen; for lists that are read page by page. */
  readonly onNearEnd?: (() => void) | undefined;
}

const ROW_PX = 44;
const VIRTUAL_FROM = 80;
const FROM = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden", "2xl": "max-2xl:hidden" };

/** Rows of one height on the page's own scroll; long lists render only what is near the screen. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, totalCount, loadingRows = 0 } = props;
  const isLoading = loadingRows > 0 && rows.length === 0;
  return (
    <ScrollBox label={label}>
      <table
        aria-label={label}
        aria-busy={isLoading || undefined}
        aria-rowcount={totalCount ?? rows.length}
        className="w-full table-fixed border-collapse text-left"
      >
        <thead>
          <tr className="h-9 border-b border-line text-sm text-ink-faint">
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={classNames(
                  "truncate px-3 font-medium first:pl-4 last:pr-4",
                  column.align === "end" && "text-right",
                  column.from && FROM[column.from],
                )}
                style={{ width: column.width }}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        {isLoading ? <LoadingRows columns={columns} count={loadingRows} /> : <Rows {...props} />}
      </table>
    </ScrollBox>
  );
}

function Rows<Row>({ columns, rows, keyOf, onNearEnd }: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top ?? 0;
    setScrollMargin(top + window.scrollY);
  }, []);
  const isVirtual = rows.length >= VIRTUAL_FROM;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin,
    enabled: isVirtual,
  });
  const shown = virtualizer.getVirtualItems();
  const first = isVirtual ? (shown[0]?.index ?? 0) : 0;
  const last = isVirtual ? (shown.at(-1)?.index ?? Math.min(rows.length, 40) - 1) : rows.length - 1;
  const isNearEnd = last >= rows.length - 15;
  useLayoutEffect(() => {
    if (isNearEnd) onNearEnd?.();
  }, [isNearEnd, onNearEnd, rows.length]);
  return (
    <tbody ref={body}>
      <Gap rows={first} columns={columns.length} />
      {rows.slice(first, last + 1).map((row, index) => (
        <tr
          key={keyOf(row)}
          aria-rowindex={first + index + 1}
          className="h-11 border-b border-line last:border-b-0 hover:bg-hover has-[a:focus-visible]:bg-hover"
        >
          {columns.map((column) => (
            <Cell key={column.name} column={column}>
              {column.cell(row)}
            </Cell>
          ))}
        </tr>
      ))}
      <Gap rows={rows.length - 1 - last} columns={columns.length} />
    </tbody>
  );
}

function Cell<Row>({ column, children }: { readonly column: Column<Row>; readonly children: ReactNode }) {
  return (
    <td
      className={classNames(
        "truncate px-3 py-0 first:pl-4 last:pr-4",
        column.align === "end" && "text-right",
        column.from && FROM[column.from],
      )}
    >
      {children}
    </td>
  );
}

/** Keeps the place of rows that are not rendered. */
const Gap = ({ rows, columns }: { readonly rows: number; readonly columns: number }) =>
  rows <= 0 ? null : (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height: rows * ROW_PX, padding: 0 }} />
    </tr>
  );

function LoadingRows<Row>({ columns, count }: { readonly columns: readonly Column<Row>[]; readonly count: number }) {
  return (
    <tbody>
      {Array.from({ length: count }, (_, index) => (
        <tr key={index} className="h-11 border-b border-line last:border-b-0">
          {columns.map((column, at) => (
            <Cell key={column.name} column={column}>
              <Skeleton width={`${45 + ((index * 7 + at * 13) % 40)}%`} />
            </Cell>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
