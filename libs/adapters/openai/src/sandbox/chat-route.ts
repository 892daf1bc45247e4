import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import type { Customer } from "./accounts.ts";
import { type ChatRequest, readChatRequest } from "./chat-request.ts";
import { speak, type Speech, usageOf } from "./chat-stream.ts";
import { answerOf } from "./model/answer.ts";
import { requireModel } from "./models.ts";
import { takeScript } from "./script.ts";
import { tokensOf } from "./tokens.ts";

/** `POST /v1/chat/completions`: a script's answer where one is met, else the model's own. */
export function complete(body: JsonObject, customer: Customer, world: SandboxWorld): SandboxResponse {
  const request = readChatRequest(body);
  requireModel(request.model);
  const script = takeScript(world, customer, lastCallerText(request));
  const isScripted = script !== null && (script.say !== null || script.toolCalls !== null);
  const speech: Speech = {
    id: world.newId("chatcmpl-", 38),
    customer,
    request,
    answer: isScripted ? { say: script.say ?? "", toolCalls: script.toolCalls ?? [] } : answerOf(request),
    breaks: script?.breaks ?? null,
    afterTokens: script?.afterTokens ?? null,
  };
  if (!request.isStream) return { status: 200, body: wholeAnswer(speech, world) };
  return { status: 200, body: null, stream: (outgoing) => speak(speech, outgoing, world) };
}

const lastCallerText = ({ messages }: ChatRequest): string =>
  messages.findLast(({ role }) => role === "user")?.text ?? "";

function wholeAnswer({ id, request, answer }: Speech, world: SandboxWorld): JsonObject {
  const toolCalls = answer.toolCalls.map((call, index) => ({
    id: `call_${id.slice(-12)}_${index}`,
    type: "function",
    function: { ...call },
  }));
  const message = { role: "assistant", content: answer.say === "" ? null : answer.say, refusal: null };
  return {
    id,
    object: "chat.completion",
    created: Math.floor(world.now() / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: toolCalls.length === 0 ? message : { ...message, tool_calls: toolCalls },
        logprobs: null,
        finish_reason: toolCalls.length === 0 ? "stop" : "tool_calls",
      },
    ],
    usage: usageOf({ request }, tokensOf(answer.say).length),
  };
}
