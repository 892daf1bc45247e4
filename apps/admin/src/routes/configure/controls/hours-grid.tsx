import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { classNames } from "../../../ui/class-names.ts";
import {
  type Day,
  dayName,
  DAYS,
  joined,
  openness,
  painted,
  shortDay,
  timeText,
  type WeeklyHours,
} from "../weekly-hours.ts";

interface HoursGridProps {
  readonly label: string;
  readonly hours: WeeklyHours;
  readonly isDisabled: boolean;
  readonly onChange: (changed: Partial<WeeklyHours>) => void;
}

interface Cell {
  readonly day: number;
  readonly part: number;
}
interface Stroke {
  readonly from: Cell;
  readonly to: Cell;
  readonly isOpen: boolean;
}

const PART_MINUTES = 30;
const PARTS = 1440 / PART_MINUTES;
const PART_NUMBERS = Array.from({ length: PARTS }, (_, part) => part);
const spanOf = (part: number) => ({ from: part * PART_MINUTES, to: (part + 1) * PART_MINUTES });

const MOVES: Readonly<Record<string, readonly [days: number, parts: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -PARTS],
  End: [0, PARTS],
};

/**
 * The week in half hours. Draw with the mouse to open or close; by keyboard the arrows move, Space opens or closes the half hour, and
 * Shift with the arrows paints on with what the last one got.
 */
export function HoursGrid({ label, hours, isDisabled, onChange }: HoursGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Cell>({ day: 0, part: 18 });
  const [stroke, setStroke] = useState<Stroke | null>(null);
  const brush = useRef(true);
  const open = useMemo(() => DAYS.map((day) => joined(hours[day])), [hours]);

  const paint = ({ from, to, isOpen }: Stroke): void => {
    const [firstDay, lastDay] = [Math.min(from.day, to.day), Math.max(from.day, to.day)];
    const part = {
      from: spanOf(Math.min(from.part, to.part)).from,
      to: spanOf(Math.max(from.part, to.part)).to,
    };
    onChange(
      Object.fromEntries(DAYS.slice(firstDay, lastDay + 1).map((day) => [day, painted(hours[day], part, isOpen)])),
    );
  };
  const isClosed = ({ day, part }: Cell): boolean => openness(open[day] ?? [], spanOf(part)) !== "open";
  const goTo = (cell: Cell): void => {
    setAt(cell);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${cell.day}-${cell.part}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      brush.current = isClosed(at);
      paint({ from: at, to: at, isOpen: brush.current });
    } else if (move !== undefined) {
      event.preventDefault();
      const to = {
        day: Math.max(0, Math.min(DAYS.length - 1, at.day + move[0])),
        part: Math.max(0, Math.min(PARTS - 1, at.part + move[1])),
      };
      if (event.shiftKey) paint({ from: at, to, isOpen: brush.current });
      goTo(to);
    }
  };
  const drag = (event: PointerEvent): void => {
    const cell = stroke === null ? null : cellAt(event);
    if (stroke !== null && cell !== null) setStroke({ ...stroke, to: cell });
  };
  const lift = (): void => {
    if (stroke !== null) paint(stroke);
    setStroke(null);
  };
  const press = (event: PointerEvent, cell: Cell): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    brush.current = isClosed(cell);
    setStroke({ from: cell, to: cell, isOpen: brush.current });
    goTo(cell);
  };
  const shown = (cell: Cell) =>
    stroke !== null && isWithin(stroke, cell)
      ? stroke.isOpen
        ? "open"
        : "closed"
      : openness(open[cell.day] ?? [], spanOf(cell.part));

  return (
    <div className="max-md:hidden">
      <div className="mb-1 grid grid-cols-[2.75rem_1fr] text-xs text-ink-faint" aria-hidden="true">
        <span />
        <div className="flex justify-between">
          {[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => (
            <span key={hour} className="w-0 tabular-nums">
              <span
                className={classNames("block w-6 -translate-x-1/2 text-center", hour === 24 && "-translate-x-full!")}
              >
                {hour}
              </span>
            </span>
          ))}
        </div>
      </div>
      <div
        ref={grid}
        role="grid"
        aria-label={`${label}, half hours of the week`}
        aria-readonly={isDisabled || undefined}
        tabIndex={-1}
        className="grid touch-none gap-1 select-none"
        onKeyDown={isDisabled ? undefined : onKeyDown}
        onPointerMove={drag}
        onPointerUp={lift}
        onPointerLeave={lift}
      >
        {DAYS.map((day, index) => (
          <div key={day} role="row" className="grid grid-cols-[2.75rem_1fr] items-center">
            <span role="rowheader" className="text-sm text-ink-soft">
              {shortDay(day)}
            </span>
            <div
              className="flex h-5 overflow-clip rounded-sm border border-edge [overflow-clip-margin:4px]"
              role="presentation"
            >
              {PART_NUMBERS.map((part) => (
                <GridCell
                  key={part}
                  day={day}
                  cell={{ day: index, part }}
                  state={shown({ day: index, part })}
                  isCurrent={at.day === index && at.part === part}
                  isDisabled={isDisabled}
                  press={press}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

const FILLS = { open: "bg-good", partly: "bg-linear-to-r from-good from-50% to-sunken to-50%", closed: "bg-sunken" };

interface GridCellProps {
  readonly day: Day;
  readonly cell: Cell;
  readonly state: keyof typeof FILLS;
  readonly isCurrent: boolean;
  readonly isDisabled: boolean;
  readonly press: (event: PointerEvent, cell: Cell) => void;
}

const GridCell = ({ day, cell, state, isCurrent, isDisabled, press }: GridCellProps) => {
  const { from, to } = spanOf(cell.part);
  return (
    <div
      role="gridcell"
      data-cell={`${cell.day}-${cell.part}`}
      aria-label={`${dayName(day)} ${timeText(from)}–${timeText(to)}, ${state === "partly" ? "partly open" : state}`}
      tabIndex={isCurrent && !isDisabled ? 0 : -1}
      onPointerDown={isDisabled ? undefined : (event) => press(event, cell)}
      className={classNames(
        "flex-1 focus-visible:z-10 focus-visible:outline-offset-0",
        cell.part % 2 === 0 && cell.part > 0 && "border-l border-line",
        FILLS[state],
      )}
    />
  );
};

const isWithin = ({ from, to }: Stroke, { day, part }: Cell): boolean =>
  day >= Math.min(from.day, to.day) &&
  day <= Math.max(from.day, to.day) &&
  part >= Math.min(from.part, to.part) &&
  part <= Math.max(from.part, to.part);

function cellAt({ clientX, clientY }: PointerEvent): Cell | null {
  const name = document.elementFromPoint(clientX, clientY)?.getAttribute("data-cell");
  const [day, part] = (name ?? "").split("-").map(Number);
  return name == null || day === undefined || part === undefined ? null : { day, part };
}
