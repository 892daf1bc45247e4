import type { AgentTools, ToolAnswer } from "@tandem/agent";
import { type Clock, isJsonObject, type Json } from "@tandem/kernel";
import type { ReleaseBundle } from "@tandem/domain/release";
import type { CallFault } from "../pipeline/call-line.ts";
import type { Served } from "../pointer/served.ts";
import type { LiveSession } from "../session/live-session.ts";
import { READS, type ToolCalls } from "../tool-host/tool-calls.ts";

/** How much later the tools of a trial call answer that has the fault `slow-tool`. */
const SLOW_TOOL_MS = 2500;

/** The tools of one call as the conversation engine sees them: the tool host, with the slot's own bindings. */
export function callTools(options: {
  readonly tools: ToolCalls;
  readonly served: Served;
  readonly session: LiveSession;
  readonly bundle: ReleaseBundle;
  readonly faults: readonly CallFault[];
  readonly clock: Clock;
}): AgentTools {
  const { tools, served, session, bundle, faults, clock } = options;
  const operationOf = new Map(bundle.tools.map(({ name, operation }) => [name, operation]));
  return {
    isRead: (tool) => {
      const operation = operationOf.get(tool);
      return operation !== undefined && READS.has(operation);
    },
    run: async (tool, args) => {
      if (faults.includes("slow-tool")) await clock.sleep(SLOW_TOOL_MS);
      return answerOf(await tools.run({ served, session, tool, arguments: args, invocationId: null }));
    },
  };
}

function answerOf(reply: Json): ToolAnswer {
  if (!isJsonObject(reply)) return { outcome: "failure", reply: { reason: "internal" } };
  const { outcome, ...rest } = reply;
  return { outcome: outcome === "success" || outcome === "empty" ? outcome : "failure", reply: rest };
}
