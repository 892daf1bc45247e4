import type { ToolsUsed } from "@tandem/caller";
import { SessionDetail, SessionPage } from "@tandem/contracts";
import type { Context } from "./commands/context.ts";

const NEWEST = 20;

/** What the agent's tools came to in a call, as the service has recorded it: read anew each time it is asked for. */
export function toolsOfCall(api: Context["api"], deployment: string, callId: string): ToolsUsed {
  let sessionId: string | null = null;
  return async () => {
    sessionId ??= await sessionOf(api, deployment, callId);
    if (sessionId === null) return [];
    const { events } = await api.get(`/v1/sessions/${encodeURIComponent(sessionId)}`, SessionDetail);
    return events.flatMap(({ type, payload: { tool, outcome } }) =>
      type === "tool-finished" && typeof tool === "string" && isOutcome(outcome) ? [{ tool, outcome }] : [],
    );
  };
}

async function sessionOf(api: Context["api"], deployment: string, callId: string): Promise<string | null> {
  const path = `/v1/deployments/${encodeURIComponent(deployment)}/sessions?limit=${NEWEST}`;
  const { items } = await api.get(path, SessionPage);
  return items.find((session) => session.callId === callId)?.id ?? null;
}

const isOutcome = (value: unknown): value is "success" | "empty" | "failure" =>
  value === "success" || value === "empty" || value === "failure";
