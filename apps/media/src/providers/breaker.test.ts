import { expect, test } from "vitest";
import { VirtualTime } from "../../test-support/virtual-time.ts";
import { Breaker, Breakers } from "./breaker.ts";

test("three failures in a row open it, a success in between does not; probes come ever later until one succeeds", async () => {
  const time = new VirtualTime();
  const breaker = new Breaker(time);
  const probedAtMs: number[] = [];
  let isBack = false;
  const beganMs = time.monotonicMs();
  const probe = async (): Promise<boolean> => {
    probedAtMs.push(time.monotonicMs() - beganMs);
    return isBack;
  };
  expect([breaker.failed(probe), breaker.failed(probe)]).toEqual([false, false]);
  breaker.succeeded();
  expect([breaker.failed(probe), breaker.failed(probe), breaker.failed(probe)]).toEqual([false, false, true]);
  expect(breaker.failed(probe)).toBe(false);
  await time.pass(20_000);
  expect(probedAtMs).toEqual([1000, 3000, 7000, 15_000]);
  expect(breaker.isOpen).toBe(true);
  isBack = true;
  await time.pass(200_000);
  expect(probedAtMs).toEqual([1000, 3000, 7000, 15_000, 31_000]);
  expect(breaker.isOpen).toBe(false);
  expect(time.pending).toBe(0);
});

test("a probe is never more than a minute away; a stopped breaker probes no more", async () => {
  const time = new VirtualTime();
  const breakers = new Breakers(time);
  const breaker = breakers.of("llm", "groq", "c-1");
  expect(breakers.of("llm", "groq", "c-1")).toBe(breaker);
  expect(breakers.of("llm", "groq", "c-2")).not.toBe(breaker);
  let probes = 0;
  const probe = (): Promise<boolean> => Promise.resolve((probes += 1) < 0);
  for (const _ of [1, 2, 3]) breaker.failed(probe);
  await time.pass(600_000);
  const seen = probes;
  expect(seen).toBeGreaterThanOrEqual(13);
  breakers.stop();
  await time.pass(600_000);
  expect(probes).toBe(seen);
});
