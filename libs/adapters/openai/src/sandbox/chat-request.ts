import { isJsonObject, type Json, type JsonObject } from "@tandem/kernel";
import { invalid } from "./problem.ts";

/** A message of the conversation as the model reads it. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly toolCallId: string | null;
}

/** A tool that the model may use. */
export interface ChatTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  /** Null without limit. */
  readonly mostTokens: number | null;
  readonly isStream: boolean;
  readonly wantsUsage: boolean;
}

/** Reads and checks a request as the service does. Throws its problem. */
export function readChatRequest(body: JsonObject): ChatRequest {
  const { model, messages, tools, stream_options: options } = body;
  if (typeof model !== "string" || model === "") throw invalid("you must provide a model parameter", "model");
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalid("Invalid 'messages': empty array. Expected an array with minimum length 1.", "messages");
  const limit = body["max_completion_tokens"] ?? body["max_tokens"] ?? null;
  if (limit !== null && !(Number.isInteger(limit) && Number(limit) >= 1))
    throw invalid("Invalid limit of output tokens: expected a positive integer.", "max_tokens");
  if (body["parallel_tool_calls"] !== undefined && tools === undefined)
    throw invalid("'parallel_tool_calls' is only allowed when 'tools' are specified.", "parallel_tool_calls");
  const read = messages.map((message, index) => readMessage(message as Json, index));
  requireAnsweredCalls(read);
  return {
    model,
    messages: read,
    tools: tools === undefined ? [] : readTools(tools),
    mostTokens: limit === null ? null : Number(limit),
    isStream: body["stream"] === true,
    wantsUsage: isJsonObject(options) && options["include_usage"] === true,
  };
}

const ROLES = ["system", "developer", "user", "assistant", "tool"];

function readMessage(message: Json, index: number): ChatMessage {
  const at = `messages[${index}]`;
  if (!isJsonObject(message) || !ROLES.includes(String(message["role"])))
    throw invalid(`Invalid value for '${at}.role'.`, `${at}.role`);
  const role = message["role"] === "developer" ? "system" : (message["role"] as ChatMessage["role"]);
  const toolCalls = readCalls(message["tool_calls"], at);
  const text = message["content"];
  if (typeof text !== "string" && !(role === "assistant" && toolCalls.length > 0))
    throw invalid(`Invalid value for '${at}.content': expected a string.`, `${at}.content`);
  const toolCallId = message["tool_call_id"];
  if (role === "tool" && typeof toolCallId !== "string")
    throw invalid(`Missing parameter '${at}.tool_call_id'.`, `${at}.tool_call_id`);
  return {
    role,
    text: typeof text === "string" ? text : "",
    toolCalls,
    toolCallId: typeof toolCallId === "string" ? toolCallId : null,
  };
}

function readCalls(calls: Json | undefined, at: string): ChatMessage["toolCalls"] {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls) || calls.length === 0)
    throw invalid(`Invalid '${at}.tool_calls': empty array. Expected an array with minimum length 1.`);
  return calls.map((call: Json) => {
    const called = isJsonObject(call) ? call["function"] : undefined;
    if (!isJsonObject(call) || typeof call["id"] !== "string" || !isJsonObject(called))
      throw invalid(`Invalid '${at}.tool_calls'.`);
    return { id: call["id"], name: String(called["name"]), arguments: String(called["arguments"]) };
  });
}

/** Each tool call is answered right after the message that made it, and nothing else is. */
function requireAnsweredCalls(messages: readonly ChatMessage[]): void {
  let open = new Set<string>();
  for (const { role, toolCalls, toolCallId } of messages) {
    if (role === "tool") {
      if (toolCallId === null || !open.delete(toolCallId))
        throw invalid("messages with role 'tool' must be a response to a preceding message with 'tool_calls'.");
      continue;
    }
    if (open.size > 0) break;
    open = new Set(toolCalls.map(({ id }) => id));
  }
  if (open.size > 0)
    throw invalid(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.",
    );
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/u;

function readTools(tools: Json): readonly ChatTool[] {
  if (!Array.isArray(tools)) throw invalid("Invalid 'tools': expected an array.", "tools");
  return tools.map((tool: Json, index) => {
    const called = isJsonObject(tool) ? tool["function"] : undefined;
    if (!isJsonObject(called) || !TOOL_NAME.test(String(called["name"])))
      throw invalid(`Invalid 'tools[${index}].function.name'.`, `tools[${index}].function.name`);
    const { description, parameters } = called;
    return {
      name: String(called["name"]),
      description: typeof description === "string" ? description : "",
      parameters: isJsonObject(parameters) ? parameters : { type: "object", properties: {} },
    };
  });
}
