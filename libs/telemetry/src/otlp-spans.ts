import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { SpanFacts, Spans } from "./spans.ts";

export interface OtlpOptions {
  /** Where an OpenTelemetry collector takes OTLP over HTTP: an origin, `/v1/traces` is added. */
  readonly url: string;
  /** Share of traces that are kept, 0–1. */
  readonly ratio: number;
  /** Name of the process, e.g. `tandem-media`. */
  readonly service: string;
  /** Which one of them. */
  readonly instance: string;
  /** Longest wait before spans are sent, milliseconds; 2 s when absent. */
  readonly sendWithinMs?: number;
}

/** Beyond this many spans in wait the newest are thrown away: a collector that is away costs no more memory than these. */
const MOST_WAITING = 8192;
const SEND_WITHIN_MS = 2000;
const SEND_DEADLINE_MS = 5000;
/** The end of an id is random in all of ours; its beginning may be a time. */
const VALUES_OF_32_BITS = 2 ** 32;

/** Spans are told with ids of their own: the SDK takes them from here at the moment it asks. */
class GivenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  traceId: string | null = null;
  spanId: string | null = null;

  generateTraceId = (): string => this.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.spanId ?? this.#random.generateSpanId();
}

/** Sends spans to a collector in batches. A collector that is away costs the newest spans and nothing else. */
export function openOtlpSpans({ url, ratio, service, instance, sendWithinMs = SEND_WITHIN_MS }: OtlpOptions): Spans {
  const ids = new GivenIds();
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, timeoutMillis: SEND_DEADLINE_MS });
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: MOST_WAITING,
    scheduledDelayMillis: sendWithinMs,
    exportTimeoutMillis: SEND_DEADLINE_MS,
  });
  const provider = new TracerProvider({
    idGenerator: ids,
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({ "service.name": service, "service.instance.id": instance }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("tandem");
  const keeps = (traceId: string): boolean => Number.parseInt(traceId.slice(-8), 16) < ratio * VALUES_OF_32_BITS;
  return {
    keeps,
    tell: (span) => {
      if (!keeps(span.traceId)) return span.spanId ?? "";
      [ids.traceId, ids.spanId] = [span.traceId, span.spanId ?? null];
      const told = tracer.startSpan(span.name, optionsOf(span), contextOf(span));
      [ids.traceId, ids.spanId] = [null, null];
      if (span.hasFailed === true) told.setStatus({ code: SpanStatusCode.ERROR });
      told.end(Math.max(span.startMs, span.endMs));
      return told.spanContext().spanId;
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

const optionsOf = ({ startMs, attributes }: SpanFacts) => ({
  kind: SpanKind.INTERNAL,
  startTime: startMs,
  attributes: { ...attributes },
});

const contextOf = ({ traceId, parentId }: SpanFacts) =>
  parentId === null
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
