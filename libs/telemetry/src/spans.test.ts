import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { noSpans, openSpans, rootSpanId, type SpanFacts } from "./index.ts";

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
}

let collector: Server;
let url: string;
let bodies: { resourceSpans: { resource: object; scopeSpans: { spans: SentSpan[] }[] }[] }[];
beforeEach(async () => {
  bodies = [];
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/v1/traces")
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as (typeof bodies)[number]);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterEach(() => {
  collector.closeAllConnections();
  collector.close();
});

const sent = () =>
  bodies.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
const traceId = "0af7651916cd43dd8448eb211c80319c";
const span = (over: Partial<SpanFacts> = {}): SpanFacts => ({
  traceId,
  parentId: null,
  name: "call",
  startMs: 1_800_000_000_000.25,
  endMs: 1_800_000_000_100,
  attributes: { slot: "blue" },
  ...over,
});
const open = (ratio = 1, to: string | null = url) =>
  openSpans({ url: to, ratio, service: "tandem-test", instance: "n1" });

test("a parent that is told after its children is their parent all the same, at the times that were given", async () => {
  const spans = await open();
  const root = rootSpanId(traceId);
  const turn = spans.tell(span({ name: "turn", parentId: root }));
  spans.tell(span({ name: "model", parentId: turn, hasFailed: true }));
  spans.tell(span({ spanId: root }));
  await spans.close();
  const [first, second, third] = sent();
  expect(first).toMatchObject({ traceId, name: "turn", parentSpanId: root, spanId: turn });
  expect(second).toMatchObject({ traceId, name: "model", parentSpanId: turn, status: { code: 2 } });
  expect(third).toMatchObject({ traceId, name: "call", spanId: root });
  expect(third?.parentSpanId ?? "").toBe("");
  expect(third?.startTimeUnixNano).toBe("1800000000000250000");
  expect(third?.endTimeUnixNano).toBe("1800000000100000000");
  expect(JSON.stringify(bodies[0]?.resourceSpans[0]?.resource)).toContain("tandem-test");
});

test("the trace id alone decides what is kept, near the share that was asked for", async () => {
  const spans = await open(0.25);
  const ids = Array.from({ length: 2000 }, (_, index) =>
    (index * 2_147_483).toString(16).padStart(8, "0").slice(-8).padStart(32, "a"),
  );
  const kept = ids.filter((id) => spans.keeps(id));
  expect(kept.length / ids.length).toBeGreaterThan(0.2);
  expect(kept.length / ids.length).toBeLessThan(0.3);
  for (const id of ids.slice(0, 100)) spans.tell(span({ traceId: id }));
  await spans.close();
  expect(new Set(sent().map((each) => each.traceId))).toEqual(
    new Set(ids.slice(0, 100).filter((id) => spans.keeps(id))),
  );
});

test("without an address or a share nothing is kept", async () => {
  expect(await open(1, null)).toBe(noSpans);
  expect(await open(0)).toBe(noSpans);
  expect(noSpans.tell(span({ spanId: "a" }))).toBe("a");
});

test("a collector that is away costs neither an error nor a wait", async () => {
  const spans = await open(1, "http://127.0.0.1:9");
  for (let index = 0; index < 10_000; index += 1) spans.tell(span());
  await expect(spans.close()).resolves.toBeUndefined();
});
