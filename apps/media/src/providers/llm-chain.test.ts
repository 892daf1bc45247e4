import type { LlmListener } from "@tandem/ports/llm";
import { expect, test } from "vitest";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { DOWN } from "../../test-support/tone-providers.ts";
import { Breaker } from "./breaker.ts";
import type { ChainLink } from "./chain.ts";
import { LlmChain } from "./llm-chain.ts";

type Step = (listener: LlmListener) => void;

function open(...models: readonly Step[]) {
  const time = new VirtualTime();
  const told: string[] = [];
  const requests: string[] = [];
  let cancelled = 0;
  const chain = new LlmChain({
    timers: time,
    listener: {
      failed: (_, provider, failure) => void told.push(`${provider} failed: ${failure.message}`),
      breakerOpened: () => undefined,
    },
    deadlineMs: 1000,
    onFailover: () => void told.push("failover"),
    onServed: (provider) => void told.push(`served by ${provider}`),
  });
  const links = models.map((step, index): ChainLink<"llm"> => ({
    kind: "llm",
    provider: `m${index + 1}`,
    choice: { model: `large-${index + 1}`, voice: "", language: "en", settings: { temperature: index } },
    lightModel: `light-${index + 1}`,
    port: {
      stream: (request, listener) => {
        requests.push(`${request.model} ${JSON.stringify(request.settings)} ${request.messages.length}`);
        step(listener);
        return { cancel: () => void (cancelled += 1) };
      },
    },
    breaker: new Breaker(time),
    probe: () => Promise.resolve(false),
  }));
  const ask = (tier: "light" | "full" = "light") =>
    chain.stream({ messages: [{ role: "user", content: "Hi." }], tools: [], maxOutputTokens: 9 }, tier, {
      text: (delta) => void told.push(`text ${delta}`),
      toolCall: ({ name }) => void told.push(`tool ${name}`),
      done: ({ finishReason }) => void told.push(`done ${finishReason}`),
      failed: ({ message }) => void told.push(`over: ${message}`),
    });
  return { time, told, requests, chain, links, ask, cancelled: () => cancelled };
}

const stop: Step = (listener) => listener.done({ finishReason: "stop", usage: null });

test("what is asked before the accounts are open is asked then; each model is asked with its own settings and tier", () => {
  const { told, requests, chain, links, ask } = open(
    (listener) => listener.failed(DOWN),
    (listener) => {
      listener.text("Hello.");
      stop(listener);
    },
  );
  ask("full");
  expect(requests).toEqual([]);
  chain.attach(links);
  ask("light");
  expect(requests).toEqual([
    'large-1 {"temperature":0} 1',
    'large-2 {"temperature":1} 1',
    'light-1 {"temperature":0} 1',
    'light-2 {"temperature":1} 1',
  ]);
  expect(told.slice(0, 5)).toEqual(["m1 failed: down", "failover", "served by m2", "text Hello.", "done stop"]);
});

test("a whole tool call is an answer even when its model dies after it: nobody is asked for it twice", () => {
  const { told, chain, links, ask } = open((listener) => {
    listener.toolCall({ id: "1", name: "book", arguments: "{}" });
    listener.failed(DOWN);
  }, stop);
  chain.attach(links);
  ask();
  expect(told).toEqual(["served by m1", "tool book", "m1 failed: down", "done tool-calls"]);
});

test("silence is a failure, also in the middle; the whole chain silent is told once; no timer is left", async () => {
  const { time, told, chain, links, ask, cancelled } = open(
    (listener) => listener.text("Well "),
    () => undefined,
  );
  chain.attach(links);
  ask();
  await time.pass(5000);
  expect(told).toEqual([
    "served by m1",
    "text Well ",
    "m1 failed: No output within 1000 ms.",
    "failover",
    "m2 failed: No output within 1000 ms.",
    "over: No output within 1000 ms.",
  ]);
  expect(cancelled()).toBe(2);
  expect(time.pending).toBe(0);
});

test("a cancelled completion is cancelled at its model and tells nothing more", async () => {
  let late: LlmListener | null = null;
  const { time, told, chain, links, ask, cancelled } = open((listener) => {
    late = listener;
  });
  chain.attach(links);
  ask().cancel();
  (late as LlmListener | null)?.text("too late");
  (late as LlmListener | null)?.failed(DOWN);
  await time.pass(5000);
  expect([told, cancelled(), time.pending]).toEqual([[], 1, 0]);
});

test("a chain whose breakers are all open fails at once", () => {
  const { told, requests, chain, links, ask } = open(stop);
  for (const _ of [1, 2, 3]) links[0]!.breaker.failed(links[0]!.probe);
  chain.attach(links);
  ask();
  expect(told).toEqual(["over: No model of the chain is available."]);
  expect(requests).toEqual([]);
  links[0]!.breaker.stop();
});
