import type { Json, JsonObject } from "@tandem/kernel";
import type { Tool } from "../manifest/index.ts";

/** A tool as a hosted agent is told about it. Tools are told in the order of the manifest. */
export function agentTools(tools: readonly Tool[], toolUrl: string): readonly JsonObject[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.description,
    url: `${toolUrl}/${tool.name}`,
    parameters: argumentSchema(tool),
    timeoutMs: tool.timeoutMs,
    speakDuring: tool.acknowledgement !== "",
    executionMessage: tool.acknowledgement,
  }));
}

function argumentSchema(tool: Tool): JsonObject {
  const names = Object.keys(tool.arguments).toSorted();
  const properties: Record<string, Json> = {};
  for (const name of names) {
    const argument = tool.arguments[name];
    if (argument !== undefined) properties[name] = { type: argument.type, description: argument.description };
  }
  return { type: "object", properties, required: names.filter((name) => tool.arguments[name]?.required === true) };
}
