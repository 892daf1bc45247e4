export { type CallCost, callCost, type CostBasis, type CostPart, costParts } from "./call-cost.ts";
export {
  AGENT_OUTCOMES,
  AGENT_STARTS,
  type CallEvent,
  type CallFigures,
  callFigures,
  type CallRow,
  FIGURE_EVENTS,
  type ProviderUsage,
} from "./call-figures.ts";
export { type CallShares, callShares, type Share } from "./call-shares.ts";
export { foldKpi, type KpiInput, kpiMeanings, type KpiValue, RESOLUTION_MS, type Span, windowMs } from "./fold-kpi.ts";
export {
  MOST_BUCKETS,
  resolvableBefore,
  type SeriesCounts,
  type SeriesDefinition,
  seriesDefinitions,
  type SeriesStep,
  type SeriesValue,
  seriesValues,
} from "./kpi-series.ts";
export { Price, PriceList } from "./price.ts";
export { priceTable } from "./price-table.ts";
