/** Where in an authored document something stands. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * One thing that is wrong or worth knowing: of a manifest, a configuration, a preflight or a plan. Diagnostics are collected,
 * never thrown one by one.
 */
export interface Diagnostic {
  readonly severity: "error" | "warning" | "note";
  /** Stable code in kebab-case, e.g. `unknown-key`. */
  readonly code: string;
  /** Fixed sentence for the code, without values. */
  readonly summary: string;
  /** What exactly, with values (never secret ones). */
  readonly detail: string;
  /** Path in the document (`conversation.objectives[2].next`) or address (`telephony.number/main`); empty for the whole. */
  readonly path: string;
  /** What to do. */
  readonly fix: string;
  readonly position?: SourcePosition;
}

/** True when at least one diagnostic is an error. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === "error");
