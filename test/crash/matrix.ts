import { type FaultPoint, faultPoints } from "@tandem/engine";
import { openControlStore } from "@tandem/store";
import { SeededRng } from "@tandem/testkit";
import type { GroundTruth } from "./ground-truth.ts";
import { type CellResult, Lane, type Recording } from "./lane.ts";
import { PrivateServer } from "./private-server.ts";
import { COMMIT_POINT, describeStrike, type Strike, type StrikeKind, strikeKinds, type StrikePoint } from "./strike.ts";
import { type Way, ways } from "./ways.ts";

/** One cell: a fault of one kind at one passing of one fault point on one way. */
export interface Cell {
  readonly way: Way;
  readonly point: StrikePoint;
  readonly kind: StrikeKind;
  /** What strikes before it, so that the point is passed at all. */
  readonly lead: readonly Strike[];
  readonly passing: number;
}

/** Rows of the matrix. */
const points: readonly StrikePoint[] = [...faultPoints, COMMIT_POINT];

export interface MatrixOptions {
  /** Cells to play; all when absent. Every kind of fault is among them. */
  readonly sample?: number;
  /** Only cells whose name (`apply: kill@step.call.after#1`) begins with this. */
  readonly only?: string;
  readonly seed: number;
  readonly lanes: number;
  readonly onCell?: (cell: Cell, result: CellResult) => void;
}

export interface MatrixReport {
  readonly cells: readonly (Cell & { readonly result: CellResult })[];
  /** Cells (way × point × kind) whose point is not passed on that way, by recording. */
  readonly notOnThisWay: number;
  /** Points that no way passes. */
  readonly nowhere: readonly string[];
  readonly planned: number;
}

/** Points that only a worker passes which resumes what was left open: an answer that was never noted comes before them. */
const LEAD: Strike = { point: "step.call.after", passing: 1, kind: "cut-before" };
const AFTER_A_FAULT: ReadonlySet<string> = new Set<FaultPoint>(["settle.before"]);

/** Everything the matrix plays on. */
export interface Grounds {
  readonly lanes: readonly Lane[];
  close(): Promise<void>;
}

export async function openGrounds(lanes: number): Promise<Grounds & { readonly server: PrivateServer }> {
  const server = await PrivateServer.start();
  const control = openControlStore({ url: server.url("tandem_api", true), applicationName: "crash-matrix" });
  const truths = new Map<string, GroundTruth>();
  const opened = Array.from({ length: lanes }, (_, nth) => new Lane(`lane${nth}`, { server, control, truths }));
  return {
    server,
    lanes: opened,
    close: async () => {
      await Promise.all(opened.map((lane) => lane.close()));
      await control.close();
      await server.stop();
    },
  };
}

export async function runMatrix(options: MatrixOptions): Promise<MatrixReport> {
  const grounds = await openGrounds(options.lanes);
  try {
    const { only = "" } = options;
    const wanted = ways.filter(({ name }) => name.startsWith(only.split(":")[0] ?? ""));
    const recordings = await recordAll(grounds.lanes, wanted);
    const all = [...recordings].flatMap(([way, recording]) => cellsOf(way, recording));
    const named = all.filter((cell) => nameOf(cell).startsWith(only));
    const nowhere = points.filter((point) => !all.some((cell) => cell.point === point));
    const combinations = new Set(all.map(({ way, point, kind }) => `${way.name} ${point} ${kind}`));
    const chosen = options.sample === undefined ? named : sampleOf(named, options.sample, new SeededRng(options.seed));
    const cells: (Cell & { readonly result: CellResult })[] = [];
    await eachOn(grounds.lanes, chosen, async (lane, cell) => {
      const played = await playCell(lane, cell, recordings.get(cell.way)?.plain.outcome ?? []);
      cells.push(played);
      options.onCell?.(played, played.result);
    });
    return {
      cells,
      notOnThisWay: wanted.length * points.length * strikeKinds.length - combinations.size,
      nowhere: only === "" ? nowhere : [],
      planned: named.length,
    };
  } finally {
    await grounds.close();
  }
}

/** How often a cell is played in which the fault came upon nothing. */
const MOST_PLAYS = 3;

/**
 * The cell as it was played in the end. How often a worker claims its lease, say, is up to the clock: a passing that was recorded and does
 * not come again gives way to the one before.
 */
async function playCell(
  lane: Lane,
  cell: Cell,
  undisturbed: Recording["outcome"],
): Promise<Cell & { result: CellResult }> {
  for (let play = 1; ; play += 1) {
    const result = await lane.cell(cell.way, strikesOf(cell), undisturbed);
    if (result.hasStruck || result.violations.length > 0) return { ...cell, result };
    if (play < MOST_PLAYS) continue;
    return cell.passing === 1
      ? { ...cell, result }
      : playCell(lane, { ...cell, passing: cell.passing - 1 }, undisturbed);
  }
}

const strikesOf = ({ lead, point, passing, kind }: Cell): readonly Strike[] => [...lead, { point, passing, kind }];

/** One line that repeats a cell. */
export const nameOf = (cell: Cell): string => `${cell.way.name}: ${strikesOf(cell).map(describeStrike).join(", ")}`;

interface Recorded {
  readonly plain: Recording;
  readonly resumed: Recording;
}

async function recordAll(lanes: readonly Lane[], wanted: readonly Way[]): Promise<Map<Way, Recorded>> {
  const recorded = new Map<Way, Recorded>();
  await eachOn(lanes, wanted, async (lane, way) => {
    const plain = await lane.record(way);
    const hasCalls = plain.passed.includes(LEAD.point);
    recorded.set(way, { plain, resumed: hasCalls ? await lane.record(way, [LEAD]) : plain });
  });
  return new Map(wanted.map((way) => [way, recorded.get(way) as Recorded]));
}

function cellsOf(way: Way, { plain, resumed }: Recorded): Cell[] {
  const passings = (passed: readonly string[], point: string) => passed.filter((each) => each === point).length;
  return points.flatMap((point) => {
    const isResumed = AFTER_A_FAULT.has(point);
    const times = point === COMMIT_POINT ? 1 : passings((isResumed ? resumed : plain).passed, point);
    const chosen = [...new Set([1, times])].filter((nth) => nth >= 1 && nth <= times && !(isResumed && nth > 1));
    return strikeKinds.flatMap((kind) =>
      chosen.map((passing): Cell => ({ way, point, kind, passing, lead: isResumed ? [LEAD] : [] })),
    );
  });
}

/** A sample in which every kind of fault has its share. */
function sampleOf(cells: readonly Cell[], size: number, rng: SeededRng): Cell[] {
  const byKind = strikeKinds.map((kind) =>
    shuffled(
      cells.filter((cell) => cell.kind === kind),
      rng,
    ),
  );
  const chosen: Cell[] = [];
  for (let round = 0; chosen.length < Math.min(size, cells.length); round += 1)
    for (const ofKind of byKind)
      if (ofKind[round] !== undefined && chosen.length < size) chosen.push(ofKind[round] as Cell);
  return chosen;
}

function shuffled<Item>(items: readonly Item[], rng: SeededRng): Item[] {
  const left = [...items];
  return Array.from({ length: left.length }, () => left.splice(rng.between(0, left.length - 1), 1)[0] as Item);
}

/** Hands the items to the lanes, each to the next that is free. */
export async function eachOn<Item>(
  lanes: readonly Lane[],
  items: readonly Item[],
  work: (lane: Lane, item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    lanes.map(async (lane) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(lane, item);
    }),
  );
}
