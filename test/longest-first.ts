import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { workspaceRoot } from "../tools/projects.mjs";

/** Seconds that files have taken, roughly; a file that is not there is taken for a short one. */
const seconds = JSON.parse(readFileSync(new URL("durations.json", import.meta.url), "utf8")) as Record<string, number>;

const secondsOf = ({ moduleId }: TestSpecification): number =>
  seconds[relative(workspaceRoot, moduleId).replaceAll("\\", "/")] ?? 0;

/** Begins with what takes longest, so that no long file is left alone at the end: a fresh clone knows no durations of its own. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((left, right) => secondsOf(right) - secondsOf(left));
  }
}
