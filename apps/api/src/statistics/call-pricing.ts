import {
  type CallCost,
  callCost,
  type CallFigures,
  type CostBasis,
  Price,
  PriceList,
  priceTable,
} from "@tandem/domain/kpi";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, type Json } from "@tandem/kernel";
import { z } from "zod";

/** List prices with the operator's own over them. Throws `config_invalid` for one that is none. */
export function priceListOf(own: readonly Json[]): PriceList {
  const parsed = z.array(Price).safeParse(own);
  if (parsed.success) return new PriceList(priceTable, parsed.data);
  const [issue] = parsed.error.issues;
  throw new AppError("config_invalid", `TANDEM_PRICES: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

/** The cost of calls of one release; without a bundle everything is unknown. */
export function pricing(prices: PriceList, bundle: ReleaseBundle | null): (call: CallFigures) => CallCost {
  if (bundle === null) return () => ({ costMicros: 0, unknown: ["release"] });
  const basis: CostBasis = {
    providers: bundle.providers,
    carrier: bundle.connections.telephony?.vendor ?? "none",
    hostedBy: bundle.agent.kind === "tandem" ? null : (bundle.connections.voiceAgent?.vendor ?? null),
  };
  return (call) => callCost(call, basis, prices);
}
