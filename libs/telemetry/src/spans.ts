/** A piece of work whose beginning and end are known. */
export interface SpanFacts {
  /** W3C trace id, 32 hex digits. */
  readonly traceId: string;
  /** Given where others name it as their parent before it is told; made anew when absent. */
  readonly spanId?: string;
  /** Null for a trace's root. */
  readonly parentId: string | null;
  readonly name: string;
  /** Epoch milliseconds, fractions allowed. */
  readonly startMs: number;
  readonly endMs: number;
  /** Ids, codes and figures; never words, callers or secrets. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly hasFailed?: boolean;
}

/** Where a process tells what it did, after it did it. Telling never throws and never waits. */
export interface Spans {
  /** Whether spans of this trace are kept: decided by the trace id alone, so that every process decides alike. */
  keeps(traceId: string): boolean;
  /** Answers the span's id; spans of traces that are not kept are thrown away. */
  tell(span: SpanFacts): string;
  /** Sends what waits and stops. */
  close(): Promise<void>;
}

/** Keeps nothing. */
export const noSpans: Spans = {
  keeps: () => false,
  tell: ({ spanId }) => spanId ?? "",
  close: () => Promise.resolve(),
};

/** The root span's id of a trace whose id was made from a call's or a rollout's: the same in every process. */
export const rootSpanId = (traceId: string): string => {
  const half = traceId.slice(16);
  return /^0+$/.test(half) ? traceId.slice(0, 16) : half;
};
