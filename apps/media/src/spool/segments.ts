import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** The spool's files in order of writing; their names sort by age. */
const SEGMENT = /^\d{12}\.log$/;

export const segmentName = (number: number): string => `${String(number).padStart(12, "0")}.log`;

export const numberOf = (name: string): number => Number(name.slice(0, 12));

/** Numbers of the segments in a folder, oldest first. */
export async function listSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => SEGMENT.test(name))
    .map(numberOf)
    .sort((one, other) => one - other);
}

export const removeSegment = (folder: string, number: number): Promise<void> =>
  rm(join(folder, segmentName(number)), { force: true });
