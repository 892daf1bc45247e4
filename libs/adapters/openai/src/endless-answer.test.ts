import type { ServerResponse } from "node:http";
import { listen } from "@tandem/ports/contract/llm.contract";
import type { LlmRequest } from "@tandem/ports/llm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { begin, chunk, type OddService, startOddService } from "../test/odd-service.ts";

const request: LlmRequest = {
  model: "gpt-4.1",
  settings: {},
  messages: [{ role: "user", content: "Hello" }],
  tools: [],
  maxOutputTokens: 50,
};

let service: OddService;
beforeEach(async () => void (service = await startOddService()));
afterEach(() => service.close());

/** Writes the same piece for as long as it is read, and tells how much was written when it no longer is. */
function endless(piece: string): Promise<number> {
  return new Promise((resolve) => {
    service.answer = (response: ServerResponse) => {
      begin(response);
      let written = 0;
      response.on("close", () => resolve(written));
      const more = (): void => {
        if (response.destroyed) return;
        written += piece.length;
        response.write(piece, () => setImmediate(more));
      };
      more();
    };
  });
}

test.each([
  ["text", chunk({ content: "and ".repeat(4000) })],
  [
    "a tool's arguments",
    chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "x", arguments: "9".repeat(16_000) } }] }),
  ],
  [
    "tool calls",
    Array.from({ length: 200 }, (_, index) => chunk({ tool_calls: [{ index, function: { name: "x" } }] })).join(""),
  ],
  ["lines of one event", `data: ${"x".repeat(16_000)}\n`],
  ["one line", "x".repeat(16_000)],
  ["comments", `: ${"x".repeat(16_000)}\n\n`],
])("an answer of %s without end is given up, and its connection with it", async (_what, piece) => {
  const written = endless(piece);
  const { failures, done } = await listen(service.llm, request).ended;
  expect(done).toEqual([]);
  expect(failures).toMatchObject([{ fault: "contract" }]);
  expect(await written).toBeLessThan(8 * 1024 * 1024);
});

test("JSON of any depth is an event that is no chunk", async () => {
  service.answer = (response) => {
    begin(response).end(`data: ${"[".repeat(200_000)}${"]".repeat(200_000)}\n\n`);
  };
  expect((await listen(service.llm, request).ended).failures).toMatchObject([{ fault: "contract" }]);
});
