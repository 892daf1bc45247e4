import {
  basePrompt,
  type CallContext,
  type CallFacts,
  callingCodeOf,
  type Lines,
  linesFor,
  type Script,
} from "@tandem/domain/conversation";
import { callNames, type CallName, wallClock } from "@tandem/domain/manifest";
import { callVariables, outrankingRules } from "@tandem/domain/release";
import type { ConversationOptions } from "./conversation-engine.ts";

/** What stays the same for a whole call. */
export interface CallScript extends Script {
  readonly options: ConversationOptions;
  readonly facts: CallFacts;
  readonly lines: Lines;
  /** Persona and rules: the part of the system message that no step changes. */
  readonly base: string;
  readonly context: Omit<CallContext, "told">;
}

/** Works out once what every turn of the call needs. */
export function callScript(options: ConversationOptions): CallScript {
  const { bundle, call } = options;
  const variables = callVariables(bundle, call);
  const named = Object.fromEntries(
    (Object.keys(callNames) as CallName[]).map((name) => [name, variables[callNames[name]] ?? ""]),
  ) as CallFacts;
  const facts: CallFacts = call.direction === "outbound" ? { ...named, "call.direction": "outbound" } : named;
  const today = new Date(wallClock(bundle.answer.schedule.timeZone, call.epochMs)).toISOString().slice(0, 10);
  return {
    options,
    conversation: bundle.conversation,
    tools: bundle.tools,
    facts,
    lines: linesFor(bundle.agent.language),
    base: basePrompt(bundle.conversation.persona, outrankingRules(bundle), facts),
    context: {
      from: call.from,
      today,
      // A withheld number says nothing about the country: then it is that of the business.
      callingCode: callingCodeOf(call.from) ?? callingCodeOf(bundle.deployment.number ?? bundle.humanPath.number),
    },
  };
}
