import type { JsonObject } from "@tandem/kernel";
import { listen } from "@tandem/ports/contract/llm.contract";
import type { LlmRequest } from "@tandem/ports/llm";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLlm, startOpenAi } from "../test/open-llm.ts";
import { demoAccount } from "./sandbox.ts";

let running: RunningSandbox;
beforeAll(async () => void (running = await startOpenAi()));
afterAll(() => running.close());
beforeEach(async () => {
  await running.control.reset();
  await running.control.setSettings("openai", { firstTokenMs: 5, msPerToken: 1 });
});

const request = (text = "Hello."): LlmRequest => ({
  model: "gpt-4.1",
  settings: {},
  messages: [{ role: "user", content: text }],
  tools: [],
  maxOutputTokens: 100,
});

const saidBy = async (service: "openai" | "groq", text?: string): Promise<string> => {
  const told = await listen(openLlm(running, service), request(text)).ended;
  return told.texts.join("") || `failed: ${told.failures[0]?.fault}`;
};

async function ask(
  body: object,
  key: string = demoAccount.apiKeys.openai,
): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${running.origins["openai"]}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

describe("the script", () => {
  test("is met by the caller's last words, for its service, as often as it says, in its order", async () => {
    const { control } = running;
    await control.act("openai", "script", { match: "^weather", say: "Rain.", times: 2 });
    await control.act("openai", "script", { service: "groq", say: "Groq.", times: null });
    expect(await saidBy("openai", "the weather")).toBe("I understand.");
    expect([await saidBy("openai", "Weather?"), await saidBy("groq", "weather")]).toEqual(["Rain.", "Rain."]);
    expect([await saidBy("openai", "weather"), await saidBy("groq", "weather")]).toEqual(["I understand.", "Groq."]);
    expect(await saidBy("groq")).toBe("Groq.");
  });

  test.each([
    [{ match: "(" }, "Invalid regular expression"],
    [{ breaks: "loudly" }, "`breaks` is one of"],
    [{ toolCalls: [{}] }, "a tool call needs a `name`"],
    [{ say: 7 }, "`say` must be text"],
  ])("%j is refused", async (input, problem) => {
    await expect(running.control.act("openai", "script", input)).rejects.toThrow(problem);
  });
});

describe("settings", () => {
  test("a service that is down fails alone", async () => {
    await running.control.setSettings("openai", { down: ["openai"] });
    expect([await saidBy("openai"), await saidBy("groq")]).toEqual(["failed: unavailable", "I understand."]);
  });

  test("a service that stalls is connected but silent, alone", async () => {
    await running.control.setSettings("openai", { stall: ["openai"] });
    const silent = listen(openLlm(running, "openai"), request());
    expect(await saidBy("groq")).toBe("I understand.");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(silent.told.order).toEqual([]);
    silent.completion.cancel();
  });

  test("the first token comes when it is set to, and so does a slow one", async () => {
    await running.control.setSettings("openai", { firstTokenMs: 250 });
    const took = async (): Promise<number> => {
      const beganMs = performance.now();
      await saidBy("openai");
      return performance.now() - beganMs;
    };
    expect(await took()).toBeGreaterThanOrEqual(245);
    await running.control.setSettings("openai", { firstTokenMs: { p50: 1, p95: 1 } });
    await running.control.setFault({ vendor: "openai", path: "completions", fault: { do: "slow", ms: 300 } });
    expect(await took()).toBeGreaterThanOrEqual(295);
  });
});

test("the ledger tells what each service was paid for, and never a word of it", async () => {
  await running.control.act("openai", "script", {
    say: "Secret words of mine.",
    toolCalls: [{ name: "look_up", arguments: { what: "secret" } }],
  });
  await listen(openLlm(running, "groq"), request("secret question")).ended;
  const ledger = await running.control.ledger({ vendor: "openai" });
  expect(ledger.map(({ effect, kind, facts }) => ({ effect, kind, facts }))).toEqual([
    {
      effect: "completed",
      kind: "completion",
      facts: { service: "groq", model: "gpt-4.1", tokens: 7, tools: ["look_up"] },
    },
  ]);
  expect(JSON.stringify(ledger)).not.toMatch(/secret/iu);
});

describe("requests that the service refuses", () => {
  const user = { role: "user", content: "x" };
  const calling = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
  };
  test.each([
    [{ messages: [user] }, 400],
    [{ model: "gpt-4.1", messages: [] }, 400],
    [{ model: "gpt-4.1", messages: [{ role: "robot", content: "x" }] }, 400],
    [{ model: "gpt-4.1", messages: [{ role: "user" }] }, 400],
    [{ model: "gpt-4.1", messages: [user], max_tokens: 0 }, 400],
    [{ model: "gpt-4.1", messages: [user], parallel_tool_calls: true }, 400],
    [{ model: "gpt-4.1", messages: [user], tools: [{ type: "function", function: { name: "no spaces" } }] }, 400],
    [{ model: "gpt-4.1", messages: [user, calling] }, 400],
    [{ model: "gpt-4.1", messages: [user, calling, user] }, 400],
    [{ model: "gpt-4.1", messages: [user, calling, { role: "tool", tool_call_id: "b", content: "{}" }] }, 400],
    [{ model: "gpt-4.1", messages: [{ role: "tool", tool_call_id: "a", content: "{}" }] }, 400],
    [{ model: "gpt-4o-transcribe", messages: [user] }, 404],
    [{ model: "no-such-model", messages: [user] }, 404],
    [{ model: "accounts/fireworks/models/llama-v3p3-70b-instruct", messages: [user] }, 200],
    [{ model: "gpt-4.1", messages: [user, calling, { role: "tool", tool_call_id: "a", content: "{}" }] }, 200],
  ])("%j: %i", async (body, status) => {
    const answer = await ask(body);
    expect(answer.status).toBe(status);
    if (status >= 400)
      expect(answer.body["error"]).toMatchObject({ type: "invalid_request_error", message: expect.any(String) });
  });

  test("nobody's key, and a path that is not there", async () => {
    expect((await ask({}, "sandbox-unknown-key-0001")).status).toBe(401);
    const headers = { authorization: `Bearer ${demoAccount.apiKeys.openai}` };
    expect((await fetch(`${running.origins["openai"]}/v1/completions`, { headers })).status).toBe(404);
    expect((await fetch(`${running.origins["openai"]}/v1/models/gpt-4.1`, { headers })).status).toBe(200);
  });
});

test("without streaming the answer comes whole", async () => {
  await running.control.act("openai", "script", { say: "Whole.", toolCalls: [{ name: "f" }] });
  const { body } = await ask({ model: "gpt-4.1", messages: [{ role: "user", content: "x" }] });
  expect(body).toMatchObject({
    object: "chat.completion",
    choices: [
      {
        finish_reason: "tool_calls",
        message: { content: "Whole.", tool_calls: [{ function: { name: "f", arguments: "{}" } }] },
      },
    ],
  });
});
