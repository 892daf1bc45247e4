import type { Diagnostic, SourcePosition } from "@tandem/kernel";
import { formatPath, type Path } from "./path.ts";

/** What a check says about a place: fixed summary, detail with values, fix. */
export type Problem = Pick<Diagnostic, "code" | "summary" | "detail" | "fix">;

/** Finds a path in the source; absent when the document came without one. */
export type Locate = (path: Path) => SourcePosition;

/** Enough to work on; a document with more is broken in a way that the first ones show. */
const mostProblems = 200;

/** Collects what the checks of one document find. */
export class ProblemList {
  readonly diagnostics: Diagnostic[] = [];
  readonly #locate: Locate | undefined;

  constructor(locate?: Locate) {
    this.#locate = locate;
  }

  error(path: Path, problem: Problem): void {
    this.#add("error", path, problem);
  }

  warning(path: Path, problem: Problem): void {
    this.#add("warning", path, problem);
  }

  #add(severity: Diagnostic["severity"], path: Path, problem: Problem): void {
    if (this.diagnostics.length >= mostProblems) return;
    const position = this.#locate?.(path);
    this.diagnostics.push({ severity, ...problem, path: formatPath(path), ...(position && { position }) });
  }
}
