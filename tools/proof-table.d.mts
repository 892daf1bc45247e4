export interface Outcome {
  readonly count: string;
  readonly violations: number | null;
  readonly isWell: boolean;
  readonly note: string;
}

export function outcomeOf(name: string, result: { readonly code: number; readonly text: string }): Outcome;
export function nightTable(rows: readonly (Outcome & { readonly name: string; readonly seconds: number })[]): string;
