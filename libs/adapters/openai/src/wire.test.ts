import type { LlmRequest } from "@tandem/ports/llm";
import { describe, expect, test } from "vitest";
import { type ServiceName, services } from "./service.ts";
import { readChunk, requestBody } from "./wire.ts";

const tool = { name: "find_slots", description: "Finds times.", parameters: { type: "object", properties: {} } };
const request: LlmRequest = {
  model: "m",
  settings: {
    temperature: 0.2,
    topP: 0.9,
    parallelToolCalls: true,
    topK: 40,
    reasoningEffort: "low",
    unknown: 1,
    seed: "7",
  },
  messages: [
    { role: "system", content: "Be kind." },
    { role: "assistant", content: "", toolCalls: [{ id: "call_1", name: "find_slots", arguments: "{}" }] },
    { role: "tool", toolCallId: "call_1", content: "{}" },
    { role: "assistant", content: "Here." },
  ],
  tools: [tool],
  maxOutputTokens: 200,
};

describe("the request", () => {
  test("is the service's dialect", () => {
    const of = (service: ServiceName) => {
      const body = Object.entries(requestBody(services[service], request));
      return Object.fromEntries(body.filter(([name]) => !["messages", "tools", "model", "stream"].includes(name)));
    };
    expect(of("openai")).toEqual({
      temperature: 0.2,
      top_p: 0.9,
      parallel_tool_calls: true,
      reasoning_effort: "low",
      max_completion_tokens: 200,
      stream_options: { include_usage: true },
    });
    expect(of("groq")).toEqual(of("openai"));
    expect(of("together")).toEqual({
      temperature: 0.2,
      top_p: 0.9,
      top_k: 40,
      reasoning_effort: "low",
      max_tokens: 200,
    });
    expect(of("fireworks")).toMatchObject({ parallel_tool_calls: true, top_k: 40, max_tokens: 200 });
  });

  test("holds messages and tools as the protocol writes them", () => {
    expect(requestBody(services.openai, request)).toMatchObject({
      stream: true,
      messages: [
        { role: "system", content: "Be kind." },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_1", type: "function", function: { name: "find_slots", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "{}" },
        { role: "assistant", content: "Here." },
      ],
      tools: [{ type: "function", function: tool }],
    });
  });

  test("without tools names neither tools nor how they are called", () => {
    const body = requestBody(services.openai, { ...request, tools: [] });
    expect(Object.keys(body)).not.toContain("tools");
    expect(Object.keys(body)).not.toContain("parallel_tool_calls");
  });
});

describe("a chunk", () => {
  test("without choices is its usage; nothing at all is no chunk", () => {
    expect(readChunk({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } })?.usage).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
    expect(readChunk({ id: "x" })).toBeNull();
    expect(readChunk("x")).toBeNull();
  });

  test("takes what is not as it should be for nothing", () => {
    const odd = {
      choices: [{ delta: { content: 7, tool_calls: [null, { function: "x" }] }, finish_reason: "" }],
      usage: {},
    };
    expect(readChunk(odd)).toEqual({
      text: "",
      toolCalls: [{ index: 0, id: undefined, name: undefined, arguments: "" }],
      finishReason: null,
      usage: null,
    });
  });
});
