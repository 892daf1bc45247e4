import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type { DeploymentState } from "../../libs/testkit/src/store/memory-database.ts";
import type { HistoryEvent } from "../../libs/testkit/src/history/event.ts";
import type { MemoryAudit } from "../../libs/testkit/src/store/memory-audit.ts";
import type { MemoryDatabase } from "../../libs/testkit/src/store/memory-database.ts";
import type { WorldObject } from "../../libs/testkit/src/vendors/vendor-world.ts";
import type { NumberRouting } from "../../libs/ports/src/telephony.ts";

type Entries<Table> = Table extends ReadonlyMap<infer Key, infer Row> ? readonly (readonly [Key, Row])[] : never;

/** Everything that a process that dies at a boundary leaves behind: the rows, and what vendors hold. */
export interface Boundary {
  readonly point: string;
  /** How often the story has passed this point by then, counted from 1. */
  readonly nth: number;
  /** Virtual time, epoch milliseconds. */
  readonly atMs: number;
  /** How many entries of the story's history had been written. */
  readonly events: number;
  readonly deployments: readonly (readonly [string, DeploymentState])[];
  readonly plans: Entries<MemoryDatabase["plans"]>;
  readonly bundles: Entries<MemoryDatabase["bundles"]>;
  readonly approvals: Entries<MemoryDatabase["approvals"]>;
  readonly connections: MemoryDatabase["connections"];
  readonly auditHeads: MemoryAudit["heads"];
  readonly objects: readonly WorldObject[];
  readonly routings: readonly (readonly [string, NumberRouting])[];
}

/** One story as an engine version lived it. */
export interface GoldenJournal {
  readonly engineVersion: string;
  readonly story: string;
  readonly history: readonly HistoryEvent[];
  readonly boundaries: readonly Boundary[];
}

const FOLDER = new URL("journals/", import.meta.url);
const ENDING = ".json.br";

export const folderOf = (version: string): URL => new URL(`${version}/`, FOLDER);

/** Versions of which journals are kept, oldest first. */
export const keptVersions = (): string[] =>
  readdirSync(FOLDER).toSorted((left, right) => left.localeCompare(right, "en", { numeric: true }));

export const packed = (journal: GoldenJournal): Buffer =>
  brotliCompressSync(JSON.stringify(journal), {
    params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 9 },
  });

export const fileOf = (version: string, story: string): URL => new URL(`${story}${ENDING}`, folderOf(version));

/** The journals of a version, by story. */
export const journalsOf = (version: string): GoldenJournal[] =>
  readdirSync(folderOf(version))
    .filter((name) => name.endsWith(ENDING))
    .toSorted()
    .map((name) => JSON.parse(brotliDecompressSync(readFileSync(new URL(name, folderOf(version)))).toString("utf8")));
