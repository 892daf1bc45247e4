import { listen, type Told } from "@tandem/ports/contract/llm.contract";
import type { LlmRequest } from "@tandem/ports/llm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { begin, chunk, DONE, type OddService, SECRET, startOddService } from "../test/odd-service.ts";

const CALLER_WORDS = "my number is 555 123 4567";
const request: LlmRequest = {
  model: "gpt-4.1",
  settings: {},
  messages: [{ role: "user", content: CALLER_WORDS }],
  tools: [],
  maxOutputTokens: 50,
};

let service: OddService;
beforeEach(async () => void (service = await startOddService()));
afterEach(() => service.close());

/** What is told of a body written in these pieces. */
function toldOf(...pieces: readonly (string | Buffer)[]): Promise<Told> {
  service.answer = (response) => {
    begin(response);
    for (const piece of pieces) response.write(piece);
    response.end();
  };
  return listen(service.llm, request).ended;
}

const call = (index: number, members: object): string => chunk({ tool_calls: [{ index, ...members }] });

describe("an answer is read", () => {
  test("in single bytes, with CRLF, comments and characters cut in two", async () => {
    const body = `: ping\r\n\r\n${(chunk({ content: "Gr" }) + chunk({ content: "üße 日" }) + chunk({}, "stop") + DONE).replaceAll("\n", "\r\n")}`;
    service.answer = (response) => {
      const bytes = Buffer.from(body);
      begin(response).flushHeaders();
      let at = 0;
      const next = (): void => {
        if (at === bytes.length) return void response.end();
        response.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    };
    const { texts, done } = await listen(service.llm, request).ended;
    expect(texts.join("")).toBe("Grüße 日");
    expect(done).toEqual([{ finishReason: "stop", usage: null }]);
  });

  test("tool calls whose pieces are mixed, come late by name, or lack an id", async () => {
    const told = await toldOf(
      call(1, { id: "b", function: { name: "second", arguments: '{"x"' } }),
      call(0, { id: "a", function: { arguments: "{" } }),
      call(1, { function: { arguments: ":1}" } }),
      call(0, { function: { name: "first", arguments: "}" } }),
      call(2, { function: { name: "third", arguments: "{}" } }),
      chunk({}, "tool_calls") + DONE,
    );
    expect(told.toolCalls).toEqual([
      { id: "a", name: "first", arguments: "{}" },
      { id: "b", name: "second", arguments: '{"x":1}' },
      { id: "call_2", name: "third", arguments: "{}" },
    ]);
  });

  test.each([
    ["stop", "stop"],
    ["eos", "stop"],
    ["length", "length"],
    ["content_filter", "filtered"],
  ])("finish reason %s is %s", async (wire, finishReason) => {
    const { done } = await toldOf(chunk({ content: "x" }) + chunk({}, wire) + DONE);
    expect(done.map((each) => each.finishReason)).toEqual([finishReason]);
  });

  test("a stop with tool calls is a tool call; a refusal is spoken; usage comes from where a service puts it", async () => {
    const groq = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: "stop" }], x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } } })}\n\n`;
    const told = await toldOf(
      chunk({ refusal: "I cannot." }),
      call(0, { id: "a", function: { name: "f", arguments: "{}" } }),
      groq + DONE,
    );
    expect(told.texts).toEqual(["I cannot."]);
    expect(told.done).toEqual([{ finishReason: "tool-calls", usage: { inputTokens: 3, outputTokens: 4 } }]);
  });

  test("what came whole counts, although the stream lacks its last word or its connection breaks after it", async () => {
    expect((await toldOf(chunk({ content: "Whole." }) + chunk({}, "stop"))).done).toHaveLength(1);
    service.answer = (response) => begin(response).write(chunk({}, "stop"), () => response.destroy());
    expect((await listen(service.llm, request).ended).order).toEqual(["done"]);
  });

  test("what is not told to cancel from within is told; after cancelling nothing is", async () => {
    service.answer = (response) =>
      void begin(response).end(chunk({ content: "a" }) + chunk({ content: "b" }) + chunk({}, "stop") + DONE);
    const { told } = listen(service.llm, request, (completion) => completion().cancel());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told.order).toEqual(["text"]);
  });
});

describe("an answer that breaks its contract", () => {
  test.each<readonly [string, readonly string[]]>([
    ["ends without a reason", [chunk({ content: "x" })]],
    ["says it is done without a reason", [chunk({ content: "x" }) + DONE]],
    ["is empty", [""]],
    ["holds no JSON", ["data: {\n\n"]],
    ["holds another thing", ["data: [1]\n\n"]],
    ["ends for a reason that does not exist", [chunk({}, "because") + DONE]],
  ])("%s", async (_, pieces) => {
    const { failures, done } = await toldOf(...pieces);
    expect(failures).toEqual([{ fault: "contract", message: expect.stringMatching(/^OpenAI: /u), retryAfterMs: null }]);
    expect(done).toEqual([]);
  });

  test("is no event stream", async () => {
    service.answer = (response) => void response.writeHead(200, { "content-type": "application/json" }).end("{}");
    expect((await listen(service.llm, request).ended).failures.map(({ fault }) => fault)).toEqual(["contract"]);
  });

  test.each([
    [{ error: { message: `no: ${SECRET}, ${CALLER_WORDS}`, type: "server_error", code: null } }, "unavailable"],
    [{ error: { message: "slow down", code: "rate_limit_exceeded" } }, "throttled"],
    [{ error: { message: "pay", code: "insufficient_quota" } }, "payment"],
    [{ error: { message: "busy", code: 503 } }, "unavailable"],
    [{ error: { message: "busy", code: "429" } }, "throttled"],
    [{ error: "only a sentence" }, "unavailable"],
  ])("an error within the stream: %j", async (body, fault) => {
    const { failures, texts } = await toldOf(chunk({ content: "x" }), `data: ${JSON.stringify(body)}\n\n`, DONE);
    expect(texts).toEqual(["x"]);
    expect(failures.map((each) => each.fault)).toEqual([fault]);
    expect(JSON.stringify(failures)).not.toMatch(/secret|555|sentence/u);
  });
});

describe("a refusal", () => {
  const refuse = (status: number, headers: Record<string, string> = {}, body = "") => {
    service.answer = (response) => void response.writeHead(status, headers).end(body);
    return listen(service.llm, request).ended;
  };

  test.each([
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after-ms": "250", "retry-after": "1" }, 250],
    [{ "retry-after": "soon" }, null],
  ])("says when to come back: %j", async (headers, retryAfterMs) => {
    expect((await refuse(429, headers)).failures).toEqual([
      { fault: "throttled", message: "OpenAI: answered 429", retryAfterMs },
    ]);
  });

  test("says when to come back by a date", async () => {
    const at = new Date(Date.now() + 90_000).toUTCString();
    const [failure] = (await refuse(503, { "retry-after": at })).failures;
    expect(failure?.retryAfterMs).toBeGreaterThan(60_000);
    expect(failure?.retryAfterMs).toBeLessThanOrEqual(90_000);
  });

  test("is asked once, named by its code, and shows nothing of what was sent", async () => {
    const body = JSON.stringify({
      error: { message: `${SECRET}: ${CALLER_WORDS}`, type: "requests", code: "insufficient_quota" },
    });
    const { failures } = await refuse(429, { "content-type": "application/json" }, body);
    expect(failures).toEqual([
      { fault: "payment", message: "OpenAI: answered 429 (insufficient_quota)", retryAfterMs: null },
    ]);
    expect(service.seen.requests).toBe(1);
  });

  test("of a redirect is not followed", async () => {
    expect((await refuse(302, { location: "http://127.0.0.1:1/" })).failures.map(({ fault }) => fault)).toEqual([
      "contract",
    ]);
  });

  test("nobody listens: unavailable, told after the call has returned", async () => {
    const gone = await startOddService();
    await gone.close();
    const { told, ended } = listen(gone.llm, request);
    expect(told.order).toEqual([]);
    expect((await ended).failures).toEqual([
      { fault: "unavailable", message: "OpenAI: the connection failed (ECONNREFUSED)", retryAfterMs: null },
    ]);
  });

  test("a key that cannot be sent is told, not thrown", async () => {
    const broken = await startOddService(`${SECRET}\n`);
    const { told, ended } = listen(broken.llm, request);
    expect(told.order).toEqual([]);
    const { failures } = await ended;
    await broken.close();
    expect(failures.map(({ fault }) => fault)).toEqual(["unauthorized"]);
    expect(JSON.stringify(failures)).not.toContain("secret");
  });
});

describe("the connection", () => {
  const connectionsReach = async (count: number): Promise<void> => {
    for (let tries = 0; tries < 300 && service.seen.connections < count; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(service.seen.connections).toBe(count);
  };

  test("is opened ahead: before the first completion, and again after one that was cancelled", async () => {
    service.answer = (response) => void begin(response).write(chunk({ content: "x" }));
    service.llm.connect?.();
    service.llm.connect?.();
    await connectionsReach(1);
    for (const count of [2, 3]) {
      const { told } = listen(service.llm, request, (completion) => completion().cancel());
      await connectionsReach(count);
      expect(told.order).toEqual(["text"]);
      expect(service.seen.requests).toBe(count - 1);
    }
    whole();
    expect((await listen(service.llm, request).ended).order).toEqual(["text", "done"]);
    expect(service.seen.connections).toBe(3);
  });

  test("that was opened ahead and has been closed since is not used", async () => {
    service.llm.connect?.();
    await connectionsReach(1);
    service.drop();
    await new Promise((resolve) => setTimeout(resolve, 50));
    whole();
    expect((await listen(service.llm, request).ended).order).toEqual(["text", "done"]);
  });

  const whole = (): void => {
    service.answer = (response) => void begin(response).end(chunk({ content: "x" }) + chunk({}, "stop") + DONE);
  };

  test("is kept for the next completion", async () => {
    whole();
    for (let turn = 0; turn < 5; turn++) {
      expect((await listen(service.llm, request).ended).order).toEqual(["text", "done"]);
      await new Promise((resolve) => setTimeout(resolve, 20)); // the body's end comes after its last event
    }
    expect(service.seen.requests).toBe(5);
    expect(service.seen.connections).toBeLessThanOrEqual(1);
  });

  test("whose body goes on after the last event is given up, and does not hold the answer up", async () => {
    const closed = Promise.withResolvers<void>();
    service.answer = (response) => {
      response.on("close", () => closed.resolve());
      begin(response).write(chunk({}, "stop") + DONE);
    };
    expect((await listen(service.llm, request).ended).order).toEqual(["done"]);
    await closed.promise;
    whole();
    expect((await listen(service.llm, request).ended).order).toEqual(["text", "done"]);
  });
});
