import { seal, verifyTicket } from "@tandem/secrets";
import { type Exchange, headerOf, jsonReply, problems, type Reply } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { NodeState } from "../node/node-state.ts";
import type { Metrics } from "../node/metrics.ts";
import type { Secret } from "@tandem/kernel";

export interface OperationsContext {
  readonly state: () => NodeState;
  readonly metrics: Metrics;
  readonly ticketKey: Secret;
}

/** Long enough that no other use of a MAC in this installation can be asked for through it. */
const NONCE = /^[A-Za-z0-9_-]{16,128}$/;

/** Health for balancers, a proof of identity for preflight, and the node's state for operators with a ticket. */
export const operationsRoutes = (context: OperationsContext): readonly Route[] => [
  { method: "GET", pattern: "/live", handle: () => jsonReply(200, { status: "live" }) },
  {
    method: "GET",
    pattern: "/ready",
    handle: () => {
      const { isReady, isDraining } = context.state();
      return jsonReply(isReady ? 200 : 503, { status: isReady ? "ready" : isDraining ? "draining" : "starting" });
    },
  },
  {
    method: "GET",
    pattern: "/probe/:nonce",
    handle: (exchange) => {
      const nonce = exchange.parameters["nonce"] ?? "";
      if (!NONCE.test(nonce)) return problems.notFound;
      return jsonReply(200, { nonce, proof: seal(context.ticketKey, "nonce", nonce), node: context.state().node });
    },
  },
  {
    method: "GET",
    pattern: "/nodes",
    handle: (exchange) => allowed(context, exchange) ?? jsonReply(200, context.state()),
  },
  { method: "GET", pattern: "/metrics", handle: (exchange) => allowed(context, exchange) ?? metricsReply(context) },
];

/** Null when the request bears an operator's ticket; looks like nothing to everybody else. */
function allowed({ ticketKey }: OperationsContext, exchange: Exchange): Reply | null {
  const token = /^Bearer (\S+)$/.exec(headerOf(exchange, "authorization") ?? "")?.[1] ?? "";
  return verifyTicket(ticketKey, "operations", token, Date.now()) === null ? problems.notFound : null;
}

/** 1: memory will need room soon · 2: it needs room · 3: alert. */
const SIGNALS = ["none", "pre-scale", "scale", "alert"] as const;

async function metricsReply({ state, metrics }: OperationsContext): Promise<Reply> {
  const { spool, pointer, deployments, isReady, load } = state();
  const gauges = {
    ready: isReady ? 1 : 0,
    deployments: deployments.length,
    deployments_with_alarm: deployments.filter((each) => each.alarm !== null).length,
    live_calls: deployments.reduce((sum, each) => sum + each.liveCalls.blue + each.liveCalls.green, 0),
    pointer_age_seconds: (pointer.staleForMs ?? -1000) / 1000,
    pointer_polls_failed: pointer.failedPolls,
    pointer_notices: pointer.notices === "hearing" ? 1 : 0,
    spool_bytes: spool.bytes,
    spool_dropped: spool.dropped,
    spool_lost: spool.lost,
    spool_quarantined: spool.quarantined,
    spool_delivering: spool.isDelivering ? 1 : 0,
    load_ratio: load.effective,
    memory_ratio: load.memoryRatio,
    loop_lag_seconds: load.lagMs / 1000,
    loop_busy_ratio: load.busyRatio,
    scale_signal: SIGNALS.indexOf(load.signal),
  };
  return { status: 200, contentType: metrics.contentType, body: await metrics.text(gauges) };
}
