import type { JsonObject, VendorFault } from "@tandem/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Llm, LlmCompletion, LlmListener, LlmRequest, LlmToolCall, LlmUsage } from "../llm.ts";
import type { ProviderFailure } from "../provider.ts";

/** What is put into one emulated answer; what is left out is as always. */
export interface LlmScript {
  readonly say?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[];
  /** What happens in the middle of the answer, after so many tokens. */
  readonly breaks?: "error" | "drop" | "stall" | "end";
  readonly afterTokens?: number;
}

/** What happens to the next request instead of an answer. */
export type LlmRefusal =
  | { readonly do: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly do: "fail-before"; readonly status: number }
  | { readonly do: "reset" | "bad-gateway" };

/** One LLM account in front of an emulator. */
export interface LlmSubject {
  readonly llm: Llm;
  /** The same account with a key that the service does not know. */
  readonly unauthorized: Llm;
  readonly model: string;
  /** A key that must not show in anything. */
  readonly secret: string;
  script(script: LlmScript): Promise<void>;
  /** Milliseconds until the first token and between tokens. */
  pace(pace: { readonly firstTokenMs: number; readonly msPerToken: number }): Promise<void>;
  refuse(refusal: LlmRefusal): Promise<void>;
  /** Takes back what was scripted. */
  calm(): Promise<void>;
  /** What the provider did, oldest first: `completed`, `cancelled` … */
  effects(): Promise<readonly { readonly effect: string; readonly facts: JsonObject }[]>;
  close(): Promise<void>;
}

/** Everything a completion told, in order. */
export interface Told {
  readonly texts: string[];
  readonly toolCalls: LlmToolCall[];
  readonly order: string[];
  readonly done: { finishReason: string; usage: LlmUsage | null }[];
  readonly failures: ProviderFailure[];
}

/** Runs a completion; `ended` resolves with what was told once it is done or has failed. */
export function listen(
  llm: Llm,
  request: LlmRequest,
  onText: (completion: () => LlmCompletion, told: Told) => void = () => {},
): { readonly told: Told; readonly completion: LlmCompletion; readonly ended: Promise<Told> } {
  const told: Told = { texts: [], toolCalls: [], order: [], done: [], failures: [] };
  const { promise: ended, resolve } = Promise.withResolvers<Told>();
  const listener: LlmListener = {
    text(delta) {
      told.texts.push(delta);
      told.order.push("text");
      onText(() => completion, told);
    },
    toolCall(call) {
      told.toolCalls.push(call);
      told.order.push("tool-call");
    },
    done(outcome) {
      told.done.push({ ...outcome });
      told.order.push("done");
      resolve(told);
    },
    failed(failure) {
      told.failures.push(failure);
      told.order.push("failed");
      resolve(told);
    },
  };
  const completion = llm.stream(request, listener);
  return { told, completion, ended };
}

const CALLER_WORDS = "my card number is 4111 1111 1111 1111";

const lookUp = {
  name: "look_up",
  description: "Looks something up.",
  parameters: { type: "object", properties: { what: { type: "string" } }, additionalProperties: false },
};

/** Waits, generously, until the provider has noted something. */
async function noted(subject: LlmSubject, effect: string): Promise<JsonObject> {
  for (let tries = 0; tries < 200; tries++) {
    const found = (await subject.effects()).findLast((entry) => entry.effect === effect);
    if (found !== undefined) return found.facts;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the provider never noted ${effect}`);
}

/** What every chat model adapter must do, tried against its emulator. */
export function llmContract(name: string, open: () => Promise<LlmSubject>): void {
  describe(`${name} keeps the LLM contract`, () => {
    let subject: LlmSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());
    beforeEach(async () => {
      await subject.calm();
      await subject.pace({ firstTokenMs: 5, msPerToken: 1 });
    });

    const requestOf = (): LlmRequest => ({
      model: subject.model,
      settings: { temperature: 0.2 },
      messages: [
        { role: "system", content: "You answer the phone." },
        { role: "user", content: CALLER_WORDS },
      ],
      tools: [lookUp],
      maxOutputTokens: 300,
    });

    test("text is told piece by piece, exactly, and then that it is done with its usage", async () => {
      const say = 'Good evening.  How can I help you – today?\nTell me: ü, 日本, "quotes".';
      await subject.script({ say });
      const { texts, done, order } = await listen(subject.llm, requestOf()).ended;
      expect(texts.join("")).toBe(say);
      expect(texts.length).toBeGreaterThan(5);
      expect(texts.every((text) => text !== "")).toBe(true);
      expect(order.at(-1)).toBe("done");
      expect(done).toEqual([{ finishReason: "stop", usage: expect.any(Object) }]);
      expect(done[0]?.usage?.outputTokens).toBeGreaterThan(5);
      expect(done[0]?.usage?.inputTokens).toBeGreaterThan(5);
    });

    test("tool calls are told whole, in order, after the text", async () => {
      const given = JSON.stringify({ what: 'the "long" way, with ü and 日本 '.repeat(8) });
      const toolCalls = [
        { name: "look_up", arguments: given },
        { name: "look_up", arguments: "{}" },
      ];
      await subject.script({ say: "One moment.", toolCalls });
      const told = await listen(subject.llm, requestOf()).ended;
      expect(told.toolCalls.map((call) => ({ name: call.name, arguments: call.arguments }))).toEqual(toolCalls);
      expect(new Set(told.toolCalls.map(({ id }) => id)).size).toBe(2);
      expect(told.order.slice(told.order.indexOf("tool-call"))).toEqual(["tool-call", "tool-call", "done"]);
      expect(told.done[0]?.finishReason).toBe("tool-calls");
    });

    test("arguments that are no JSON are told as the model wrote them", async () => {
      await subject.script({ toolCalls: [{ name: "no_such_tool", arguments: '{"what": ' }] });
      const { toolCalls } = await listen(subject.llm, requestOf()).ended;
      expect(toolCalls.map((call) => [call.name, call.arguments])).toEqual([["no_such_tool", '{"what": ']]);
    });

    test("an answer that was cut by the limit says so, and half a tool call is not told", async () => {
      await subject.script({
        say: "One two three.",
        toolCalls: [{ name: "look_up", arguments: '{"what":"everything"}' }],
      });
      const told = await listen(subject.llm, { ...requestOf(), maxOutputTokens: 4 }).ended;
      expect(told.texts.join("")).toBe("One two three.");
      expect(told.toolCalls).toEqual([]);
      expect(told.done.map(({ finishReason }) => finishReason)).toEqual(["length"]);
    });

    test("a tool's round trip is sent back as the service wants it", async () => {
      await subject.script({ say: "Here it is." });
      const messages: LlmRequest["messages"] = [
        ...requestOf().messages,
        { role: "assistant", content: "", toolCalls: [{ id: "call_1", name: "look_up", arguments: "{}" }] },
        { role: "tool", toolCallId: "call_1", content: '{"outcome":"empty"}' },
      ];
      const { texts, failures } = await listen(subject.llm, { ...requestOf(), messages }).ended;
      expect(failures).toEqual([]);
      expect(texts.join("")).toBe("Here it is.");
    });

    test("cancelled in mid-answer: nothing more is told, and the provider notices at once", async () => {
      await subject.pace({ firstTokenMs: 5, msPerToken: 20 });
      await subject.script({ say: "word ".repeat(100).trim(), toolCalls: [{ name: "look_up", arguments: "{}" }] });
      const cancelMs: number[] = [];
      const { told } = listen(subject.llm, requestOf(), (completion, { texts }) => {
        if (texts.length !== 3) return;
        const beganMs = performance.now();
        completion().cancel();
        completion().cancel();
        cancelMs.push(performance.now() - beganMs);
      });
      const facts = await noted(subject, "cancelled");
      expect(facts["tokensNotSent"]).toBeGreaterThan(50);
      expect(told.order).toEqual(["text", "text", "text"]);
      expect(cancelMs).toHaveLength(1);
      expect(cancelMs[0]).toBeLessThan(25); // < 1 ms where nothing else runs: the bound is for busy machines
    });

    test("cancelled before the first token, and right after it was asked: silent, too", async () => {
      await subject.pace({ firstTokenMs: 60_000, msPerToken: 1 });
      const early = listen(subject.llm, requestOf());
      early.completion.cancel();
      const waiting = listen(subject.llm, requestOf());
      await new Promise((resolve) => setTimeout(resolve, 150));
      waiting.completion.cancel();
      expect(await noted(subject, "cancelled")).toMatchObject({ tokensSent: 0 });
      expect([early.told.order, waiting.told.order]).toEqual([[], []]);
    });

    test("a cancelled answer leaves the next one alone", async () => {
      await subject.pace({ firstTokenMs: 5, msPerToken: 5 });
      await subject.script({ say: "first ".repeat(50).trim() });
      const first = listen(subject.llm, requestOf(), (completion) => completion().cancel());
      await noted(subject, "cancelled");
      await subject.script({ say: "Second." });
      const second = await listen(subject.llm, requestOf()).ended;
      expect(second.texts.join("")).toBe("Second.");
      expect(first.told.order).toEqual(["text"]);
    });

    const refusals: readonly (readonly [name: string, LlmRefusal, Partial<ProviderFailure>])[] = [
      ["429", { do: "throttle" }, { fault: "throttled", retryAfterMs: null }],
      ["429 with Retry-After", { do: "throttle", retryAfterSeconds: 7 }, { fault: "throttled", retryAfterMs: 7000 }],
      ["400", { do: "fail-before", status: 400 }, { fault: "invalid" }],
      ["403", { do: "fail-before", status: 403 }, { fault: "forbidden" }],
      ["404", { do: "fail-before", status: 404 }, { fault: "not-found" }],
      ["408", { do: "fail-before", status: 408 }, { fault: "unavailable" }],
      ["409", { do: "fail-before", status: 409 }, { fault: "conflict" }],
      ["500", { do: "fail-before", status: 500 }, { fault: "unavailable" }],
      ["503", { do: "fail-before", status: 503 }, { fault: "unavailable" }],
      ["an HTML 502", { do: "bad-gateway" }, { fault: "unavailable" }],
      ["a connection that is reset", { do: "reset" }, { fault: "unavailable" }],
    ];
    test.each(refusals)("%s is told as one failure", async (_, refusal, expected) => {
      await subject.refuse(refusal);
      await expectFailure(listen(subject.llm, requestOf()).ended, expected);
    });

    test("a key that is not known", async () => {
      await expectFailure(listen(subject.unauthorized, requestOf()).ended, { fault: "unauthorized" });
    });

    test("a model that the service does not have", async () => {
      await expectFailure(listen(subject.llm, { ...requestOf(), model: "no-such-model" }).ended, {
        fault: "not-found",
      });
    });

    const breakings: readonly (readonly [breaks: "error" | "drop" | "end", fault: VendorFault])[] = [
      ["error", "unavailable"],
      ["drop", "unavailable"],
      ["end", "contract"],
    ];
    test.each(breakings)(
      "an answer that breaks in the middle (%s) is a failure after what was told",
      async (breaks, fault) => {
        await subject.script({ say: "One two three four five six.", breaks, afterTokens: 3 });
        const told = await listen(subject.llm, requestOf()).ended;
        expect(told.texts.join("")).toBe("One two three");
        expect(told.failures.map((failure) => failure.fault)).toEqual([fault]);
        expect(told.done).toEqual([]);
      },
    );

    test("a provider that is connected but silent says nothing; cancelling it is noticed", async () => {
      await subject.script({ say: "One two three.", breaks: "stall", afterTokens: 2 });
      const { told, completion } = listen(subject.llm, requestOf());
      for (let tries = 0; tries < 200 && told.texts.length < 2; tries++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(told.order).toEqual(["text", "text"]);
      completion.cancel();
      expect(await noted(subject, "cancelled")).toMatchObject({ tokensSent: 2 });
      expect(told.order).toEqual(["text", "text"]);
    });

    /** Exactly one failure, told last, without the key and without the caller's words. */
    async function expectFailure(ended: Promise<Told>, expected: Partial<ProviderFailure>): Promise<void> {
      const told = await ended;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(told.order).toEqual(["failed"]);
      expect(told.failures[0]).toMatchObject(expected);
      const shown = JSON.stringify(told.failures);
      expect(shown).not.toContain(subject.secret);
      expect(shown).not.toContain("4111");
    }
  });
}
