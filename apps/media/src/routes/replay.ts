import { sha256Hex } from "@tandem/kernel";
import type { ReplayTalk } from "@tandem/ports/ingress-probe";
import { verifyTicket } from "@tandem/secrets";
import { headerOf, jsonReply, problems } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { IngressContext } from "../node/ingress-context.ts";
import { slotRelease } from "../pointer/served.ts";

/**
 * A past call is had again as text with the release of a slot. With a `trial` ticket of one use that names deployment, slot and the very
 * words that are said, so that what is read here was written by this installation.
 */
export const replay = (context: IngressContext): Route => ({
  method: "POST",
  pattern: "/trial/:ingressKey/replay",
  handle: async (exchange) => {
    const found = context.served.byIngressKey(exchange.parameters["ingressKey"] ?? "");
    if (found === undefined) return problems.notFound;
    const { deploymentId } = found.deployment;
    await context.refresh(deploymentId);
    const served = context.served.get(deploymentId) ?? found;
    const ticket = /^Bearer (\S+)$/.exec(headerOf(exchange, "authorization") ?? "")?.[1] ?? "";
    const claims = verifyTicket(context.ticketKey, "trial", ticket, context.clock.now());
    if (claims?.["bodyHash"] !== sha256Hex(exchange.body)) return problems.notFound;
    const trial = context.trials.redeem(ticket, served);
    if (trial === null) return problems.notFound;
    const release = slotRelease(served, trial.slot);
    if (release === null) return problems.notFound;
    const run = await context.replays.run({ served, ...release }, JSON.parse(exchange.body) as ReplayTalk);
    return run === null ? problems.tooMany : jsonReply(200, run);
  },
});
