import { isJsonObject, type JsonObject } from "@tandem/kernel";
import type { LlmMessage, LlmRequest, LlmTool, LlmUsage } from "@tandem/ports/llm";
import { z } from "zod";
import type { Service } from "./service.ts";

/** The answer of `GET /models`: a list, or (Together) a bare array. Only that it is one matters. */
export const ModelList = z.union([
  z.object({ data: z.array(z.object({ id: z.string() })) }),
  z.array(z.object({ id: z.string() })),
]);

/** The body of a streaming completion. */
export function requestBody(service: Service, request: LlmRequest): JsonObject {
  return {
    ...settingsOf(service, request),
    model: request.model,
    messages: request.messages.map((message) => wireMessage(service, message)),
    [service.outputLimit]: request.maxOutputTokens,
    stream: true,
    ...(service.asksForUsage ? { stream_options: { include_usage: true } } : {}),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(wireTool) }),
  };
}

/** The settings that the service knows, as it names them. */
function settingsOf(service: Service, { settings, tools }: LlmRequest): JsonObject {
  const members: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(settings)) {
    const known = Object.hasOwn(service.settings, name) ? service.settings[name] : undefined;
    if (known === undefined || typeof value !== known.type) continue;
    if (known.member === "parallel_tool_calls" && tools.length === 0) continue; // refused without tools
    members[known.member] = value;
  }
  return members;
}

const wireTool = ({ name, description, parameters }: LlmTool): JsonObject => ({
  type: "function",
  function: { name, description, parameters },
});

function wireMessage(service: Service, message: LlmMessage): JsonObject {
  if (message.role === "tool") return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== "assistant" || message.toolCalls === undefined || message.toolCalls.length === 0)
    return { role: message.role, content: message.content };
  return {
    role: "assistant",
    content: message.content === "" ? null : message.content,
    tool_calls: message.toolCalls.map((call, index) => ({
      ...(service.numbersToolCalls ? { index } : {}),
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}

/** A fragment of a tool call. */
export interface ToolCallPiece {
  readonly index: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
}

/** The members of a chunk that we use. */
export interface Chunk {
  readonly text: string;
  readonly toolCalls: readonly ToolCallPiece[];
  readonly finishReason: string | null;
  readonly usage: LlmUsage | null;
}

const NO_PIECES: readonly ToolCallPiece[] = [];

/** Reads a parsed chunk: by hand and tolerantly, as it is done for each token. Null when it is none. */
export function readChunk(value: unknown): Chunk | null {
  if (!isJsonObject(value)) return null;
  const choices = value["choices"];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const usage = usageOf(value["usage"]) ?? usageOf(isJsonObject(value["x_groq"]) ? value["x_groq"]["usage"] : null);
  if (!isJsonObject(choice)) {
    if (!Array.isArray(choices) && usage === null) return null;
    return { text: "", toolCalls: NO_PIECES, finishReason: null, usage };
  }
  const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
  const finishReason = choice["finish_reason"];
  return {
    text: textOf(delta["content"]) + textOf(delta["refusal"]),
    toolCalls: piecesOf(delta["tool_calls"]),
    finishReason: typeof finishReason === "string" && finishReason !== "" ? finishReason : null,
    usage,
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function piecesOf(value: unknown): readonly ToolCallPiece[] {
  if (!Array.isArray(value)) return NO_PIECES;
  return value.filter(isJsonObject).map((piece, position) => {
    const called = isJsonObject(piece["function"]) ? piece["function"] : {};
    return {
      index: typeof piece["index"] === "number" ? piece["index"] : position,
      id: textOf(piece["id"]) || undefined,
      name: textOf(called["name"]) || undefined,
      arguments: textOf(called["arguments"]),
    };
  });
}

function usageOf(value: unknown): LlmUsage | null {
  if (!isJsonObject(value)) return null;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = value;
  if (typeof inputTokens !== "number" || typeof outputTokens !== "number") return null;
  return { inputTokens, outputTokens };
}
