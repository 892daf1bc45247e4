import { systemClock } from "@tandem/kernel";
import type { Stt, SttOptions } from "@tandem/ports/stt";
import { expect, test } from "vitest";
import { probeStt } from "./stt-probe.ts";

const sampling = { clock: systemClock, samples: 1, lanes: 1 };
const said = { options: {} as SttOptions, speech: new Uint8Array(320) };

test("a recogniser that takes no audio is told as such, at once and without what it said", async () => {
  const stt: Stt = {
    open: () => ({
      send: () => {
        throw new TypeError("key_123 is no key");
      },
      finalize: () => {},
      close: () => {},
    }),
  };
  const beganMs = performance.now();
  const outcome = await probeStt(stt, said, sampling);
  expect(performance.now() - beganMs).toBeLessThan(4000);
  expect(outcome).toEqual({
    answered: false,
    failure: { fault: "contract", message: "the stream took no audio (TypeError)", retryAfterMs: null },
  });
});
