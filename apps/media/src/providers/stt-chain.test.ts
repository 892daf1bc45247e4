import type { SttEvent, SttStream } from "@tandem/ports/stt";
import { describe, expect, test } from "vitest";
import { DOWN } from "../../test-support/tone-providers.ts";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { Breaker } from "./breaker.ts";
import type { ChainLink } from "./chain.ts";
import { SttChain } from "./stt-chain.ts";

const FRAME = new Uint8Array(160).fill(0x55);

/** A chain of three recognisers that do what the test says. */
function open() {
  const time = new VirtualTime();
  const told: string[] = [];
  const streams: { place: number; bytes: number; isClosed: boolean; tell: (event: SttEvent) => void }[] = [];
  let nowMs = 0;
  const chain = new SttChain({
    clock: { monotonicMs: () => nowMs },
    endpointingMs: 500,
    keywords: [],
    deadlineMs: 2500,
    afterVoiceMs: 1000,
    listener: {
      failed: (_, provider) => void told.push(`failed ${provider}`),
      breakerOpened: (_, provider) => void told.push(`opened ${provider}`),
    },
    onEvent: (event) => {
      const at = "segment" in event ? ` ${event.segment.text} ${event.segment.startMs}` : "";
      told.push(`${event.type}${at}`);
    },
    onFailover: () => void told.push("failover"),
    onExhausted: () => void told.push("exhausted"),
  });
  const links = [1, 2, 3].map((place): ChainLink<"stt"> => ({
    kind: "stt",
    provider: `s${place}`,
    choice: { model: "m", voice: "", language: "en", settings: {} },
    lightModel: "m",
    port: {
      open: (_options, onEvent): SttStream => {
        const stream = { place, bytes: 0, isClosed: false, tell: onEvent };
        streams.push(stream);
        return {
          send: (audio) => void (stream.bytes += audio.length),
          finalize: () => undefined,
          close: () => void (stream.isClosed = true),
        };
      },
    },
    breaker: new Breaker(time),
    probe: () => Promise.resolve(false),
  }));
  const hear = (durationMs: number): void => {
    for (let ms = 0; ms < durationMs; ms += 20) {
      nowMs += 20;
      chain.push(FRAME);
    }
  };
  /** Audio that was held up: all at once. */
  const burst = (durationMs: number): void => {
    for (let ms = 0; ms < durationMs; ms += 20) chain.push(FRAME);
  };
  const last = () => streams.at(-1)!;
  const partial = (text: string, startMs = 0): void =>
    last().tell({ type: "partial", segment: { text, words: [], confidence: 1, startMs, endMs: startMs + 100 } });
  return { chain, links, told, streams, hear, burst, last, partial };
}

describe("a chain of recognisers", () => {
  test("audio that comes all at once gives each recogniser its time to answer", () => {
    const { chain, links, told, streams, hear, burst, partial } = open();
    chain.attach(links);
    chain.voice(true);
    burst(5000);
    chain.voice(false);
    burst(3000);
    expect(streams.map(({ place }) => place)).toEqual([1]);
    hear(900);
    expect(told).toEqual([]);
    hear(200);
    expect(streams.map(({ place }) => place)).toEqual([1, 2]);
    burst(9000);
    expect(streams.map(({ place }) => place)).toEqual([1, 2]);
    partial("Hello", 0);
    expect(told).toEqual(["failover", "failed s1", "partial Hello 0"]);
  });

  test("keeps what comes before the accounts are open, and replays it", () => {
    const { chain, links, hear, last } = open();
    chain.voice(true);
    hear(1000);
    chain.attach(links);
    expect(last().bytes).toBe(8000);
  });

  test("an idle line is replayed with a short run-up, an utterance from a little before its first voice, in the call's own time", () => {
    const { chain, links, told, streams, hear, last, partial } = open();
    chain.attach(links);
    hear(5000);
    last().tell({ type: "closed", failure: DOWN });
    expect(last().bytes).toBe(800 * 8);
    chain.voice(true);
    hear(1000);
    partial("he");
    hear(2000);
    last().tell({ type: "closed", failure: DOWN });
    expect(last()).toMatchObject({ place: 3, bytes: 3800 * 8 });
    partial("hello", 100);
    expect(told.at(-1)).toBe("partial hello 4300");
    chain.voice(false);
    chain.settle();
    hear(2000);
    last().tell({ type: "closed", failure: null });
    expect(last()).toMatchObject({ place: 1, bytes: 800 * 8 });
    expect(streams.every(({ place, isClosed }) => isClosed || place === 1)).toBe(true);
  });

  test("silence while the caller speaks is a failure once another one hears words in the same audio", () => {
    const { chain, links, told, hear, partial } = open();
    chain.attach(links);
    chain.voice(true);
    hear(2400);
    expect(told).toEqual([]);
    hear(200);
    expect(told).toEqual(["failover"]);
    partial("hello");
    expect(told).toEqual(["failover", "failed s1", "partial hello 0"]);
  });

  test("a recogniser that falls silent in the middle is a failure once another one hears further", () => {
    const { chain, links, told, hear, partial } = open();
    chain.attach(links);
    chain.voice(true);
    hear(1000);
    partial("I need", 800);
    hear(1000);
    chain.voice(false);
    hear(1020);
    expect(told).toEqual(["partial I need 800", "failover"]);
    partial("I need", 800);
    expect(told).not.toContain("failed s1");
    partial("I need help", 1600);
    expect(told.at(-2)).toBe("failed s1");
  });

  test("one that has told an utterance's end owes nothing, whatever the detector hears after it", () => {
    const { chain, links, told, hear, last, partial } = open();
    chain.attach(links);
    chain.voice(true);
    hear(600);
    partial("yes", 300);
    hear(300);
    last().tell({ type: "utterance-end", lastWordEndMs: 400 });
    chain.voice(false);
    hear(4000);
    expect(told).not.toContain("failover");
  });

  test("a short utterance is waited for only as long as a recogniser needs for its end", () => {
    const { chain, links, told, hear } = open();
    chain.attach(links);
    chain.voice(true);
    hear(400);
    chain.voice(false);
    hear(980);
    expect(told).toEqual([]);
    hear(40);
    expect(told).toEqual(["failover"]);
  });

  test("when nobody hears words it was noise: nobody failed, and the last one stays", () => {
    const { chain, links, told, hear, last } = open();
    chain.attach(links);
    chain.voice(true);
    hear(20_000);
    expect(told).toEqual(["failover", "failover"]);
    expect(last()).toMatchObject({ place: 3, isClosed: false });
    chain.voice(false);
    chain.settle();
    hear(5000);
    expect(told).toEqual(["failover", "failover"]);
  });

  test("a click is no speech to wait for", () => {
    const { chain, links, told, hear } = open();
    chain.attach(links);
    chain.voice(true);
    hear(100);
    chain.voice(false);
    hear(5000);
    expect(told).toEqual([]);
  });

  test("three failures without a word in between are the end; a word in between starts the count anew", () => {
    const { chain, links, told, last, partial } = open();
    chain.attach(links);
    last().tell({ type: "closed", failure: DOWN });
    last().tell({ type: "closed", failure: DOWN });
    partial("hello");
    for (const _ of [1, 2, 3]) last().tell({ type: "closed", failure: DOWN });
    expect(told.filter((what) => what === "exhausted")).toEqual(["exhausted"]);
    expect(told.filter((what) => what.startsWith("failed"))).toEqual(
      ["s1", "s2", "s3", "s1", "s2"].map((s) => `failed ${s}`),
    );
  });

  test("after the end of the call nothing is told and nothing is opened", () => {
    const { chain, links, told, streams, last } = open();
    chain.attach(links);
    const first = last();
    chain.close();
    expect(first.isClosed).toBe(true);
    first.tell({ type: "closed", failure: null });
    chain.attach(links);
    expect([told, streams.length]).toEqual([[], 1]);
  });
});
