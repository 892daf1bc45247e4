import type { Json } from "@tandem/kernel";
import {
  type CallFacts,
  currentObjective,
  type Progress,
  recordSchema,
  recordTool,
  type Script,
  stepPrompt,
} from "@tandem/domain/conversation";
import type { Tool } from "@tandem/domain/manifest";
import type { LlmRequest, LlmTool } from "@tandem/ports/llm";
import type { CallScript } from "./call-script.ts";
import type { Exchange, History } from "./history.ts";
import type { Standing } from "./standing.ts";

const mostOutputTokens = 400;
/** Recognition below this is worth the larger model. */
const sureFrom = 0.6;

/** What a model is asked: the current step, what was said so far, and what it may call. */
export function modelRequest(
  script: CallScript,
  { progress }: Standing,
  history: History,
  exchange: Exchange,
): Pick<LlmRequest, "messages" | "tools" | "maxOutputTokens"> {
  const system = stepPrompt(script.base, script, progress, script.facts);
  return {
    messages: [{ role: "system", content: system }, ...history.messages(exchange)],
    tools: modelTools(script, progress, script.facts),
    maxOutputTokens: mostOutputTokens,
  };
}

/** The larger model where the step asks for it, where the caller was not heard well, and to repair what the smaller one wrote. */
export function tierOf(
  { conversation }: Script,
  { progress }: Standing,
  { confidence, isRepair }: { readonly confidence: number; readonly isRepair: boolean },
): "light" | "full" {
  const isHard = currentObjective(conversation, progress).tier === "full";
  return isHard || isRepair || confidence < sureFrom ? "full" : "light";
}

/** The tools of the current step: its own, and always the way to a person. */
export function stepTools({ conversation, tools }: Script, progress: Progress): readonly Tool[] {
  const names = currentObjective(conversation, progress).tools;
  return tools.filter(({ name, operation }) => names.includes(name) || operation === "call.transfer");
}

/** What a model may call in the current step. */
function modelTools(script: Script, progress: Progress, call: CallFacts): readonly LlmTool[] {
  const schema = recordSchema(script, progress, call);
  const record: LlmTool[] =
    schema === null
      ? []
      : [
          {
            name: recordTool,
            description:
              "Keeps what the caller has told you, as soon as you know it. Only what they said or confirmed, and of what is known already only what has changed or was confirmed.",
            parameters: schema,
          },
        ];
  return [...record, ...stepTools(script, progress).map(modelTool)];
}

const known = new WeakMap<Tool, LlmTool>();

function modelTool(tool: Tool): LlmTool {
  let described = known.get(tool);
  if (described === undefined) known.set(tool, (described = describe(tool)));
  return described;
}

function describe({ name, description, arguments: declared }: Tool): LlmTool {
  const names = Object.keys(declared).toSorted();
  const properties: Record<string, Json> = {};
  for (const argument of names) {
    const { type, description } = declared[argument] ?? { type: "string", description: "" };
    properties[argument] = { type, description };
  }
  const required = names.filter((argument) => declared[argument]?.required === true);
  return { name, description, parameters: { type: "object", properties, required, additionalProperties: false } };
}
