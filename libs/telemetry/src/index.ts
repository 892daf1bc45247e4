export { rateLimited } from "./every.ts";
export { LabelCap, OTHER } from "./label-cap.ts";
export { type DescribedError, describeError, type Logger, type LoggerOptions, makeLogger } from "./logger.ts";
export { type Labels, type MetricCatalog, MetricSet, type MetricShape } from "./metric-set.ts";
export { limitShutdown } from "./shutdown-limit.ts";
export { openSpans } from "./open-spans.ts";
export { noSpans, rootSpanId, type SpanFacts, type Spans } from "./spans.ts";
