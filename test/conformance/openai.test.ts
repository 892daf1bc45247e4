import { type Json, type JsonObject, Secret, systemClock } from "@tandem/kernel";
import { adapter } from "@tandem/openai";
import { providers } from "@tandem/openai/providers";
import { demoAccount, sandbox } from "@tandem/openai/sandbox";
import { listen } from "@tandem/ports/contract/llm.contract";
import type { LlmRequest } from "@tandem/ports/llm";
import type { SandboxOutgoing, SandboxVendor } from "@tandem/ports/sandbox";
import { beforeAll, expect, test } from "vitest";
import { deviations, touched } from "./interface.ts";
import { schemaChecker } from "./json-schema.ts";
import { type OpenApiDocument, openApiInterface } from "./openapi.ts";
import { type RecordedExchange, startRecording } from "./recording.ts";
import { describeWithSpec, readSpec } from "./vendor-specs.ts";

type Service = "openai" | "groq" | "together";

const tool = {
  name: "look_up",
  description: "Looks something up.",
  parameters: { type: "object", properties: { what: { type: "string" } }, required: ["what"] },
};

/** A conversation that has every kind of message. */
const request: LlmRequest = {
  model: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  settings: { temperature: 0.2, topP: 0.9, seed: 7, parallelToolCalls: true, reasoningEffort: "low" },
  messages: [
    { role: "system", content: "You answer the phone." },
    { role: "user", content: "Hello." },
    {
      role: "assistant",
      content: "One moment.",
      toolCalls: [{ id: "call_1", name: "look_up", arguments: '{"what":"x"}' }],
    },
    { role: "tool", toolCallId: "call_1", content: '{"outcome":"success"}' },
    { role: "assistant", content: "Here it is." },
    { role: "user", content: "And then?" },
  ],
  tools: [tool],
  maxOutputTokens: 60,
};

interface Used {
  /** Requests without the version in their paths: the vendors have it in the server's address. */
  readonly exchanges: readonly RecordedExchange[];
  /** Every chunk that was streamed, parsed. */
  readonly chunks: readonly Json[];
}

/** The emulator, with what it streams copied into `streamed`. */
const tapped = (streamed: string[]): SandboxVendor => ({
  ...sandbox,
  handle: async (asked, world) => {
    const response = await sandbox.handle(asked, world);
    const { stream } = response;
    if (stream === undefined) return response;
    const copy = (outgoing: SandboxOutgoing): void => {
      const teed: SandboxOutgoing = {
        write: (text) => (streamed.push(text), outgoing.write(text)),
        end: () => outgoing.end(),
        destroy: () => outgoing.destroy(),
        onAbort: () => {},
      };
      outgoing.onAbort = () => teed.onAbort();
      stream(teed);
    };
    return { ...response, stream: copy };
  },
});

/** Uses one service's account as we do: the probe, text, tools, a limit, an unknown model, a revoked key. */
async function use(service: Service): Promise<Used> {
  const streamed: string[] = [];
  const recording = await startRecording([tapped(streamed)]);
  const { control } = recording.running;
  const access = {
    config: { service },
    secrets: { apiKey: new Secret(demoAccount.apiKeys[service]) },
    baseUrl: recording.origin("openai"),
    clock: systemClock,
  };
  const connection = await adapter.open({ ...access, connectionId: "c", deadlineMs: 5000 });
  const llm = providers.llm?.(access);
  if (llm === undefined) throw new Error("the adapter brings no LLM");
  await connection.account?.probe();
  await control.setSettings("openai", { firstTokenMs: 1, msPerToken: 0 });
  const toolCalls = [
    { name: "look_up", arguments: { what: "something that is long enough for pieces" } },
    { name: "look_up" },
  ];
  for (const script of [{ say: "One, two." }, { say: "Wait.", toolCalls }, { toolCalls }]) {
    await control.act("openai", "script", script);
    expect((await listen(llm, request).ended).failures).toEqual([]);
  }
  await listen(llm, { ...request, maxOutputTokens: 1 }).ended;
  await listen(llm, { ...request, model: "no-such-model" }).ended;
  await control.revoke("openai", demoAccount.apiKeys[service]);
  await listen(llm, { ...request, tools: [] }).ended;
  await recording.running.close();
  return {
    exchanges: recording.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, path: exchange.request.path.replace(/^\/v1/u, "") },
    })),
    chunks: chunksOf(streamed.join("")),
  };
}

const chunksOf = (text: string): readonly Json[] =>
  text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)) as Json);

/** What is wrong with an account's use: requests, answers and, against the chunk's own schema, what was streamed. */
function wrongIn(document: OpenApiDocument, { exchanges, chunks }: Used, chunkSchema: string): readonly string[] {
  const vendor = openApiInterface(document);
  const checker = schemaChecker(document as unknown as Json);
  const whole = exchanges.filter(({ response }) => response.stream === undefined);
  const streams = exchanges.filter(({ response }) => response.stream !== undefined);
  return [
    ...deviations(vendor, whole),
    ...streams.flatMap((exchange) => vendor.find(exchange)?.checkRequest(exchange) ?? ["no such operation"]),
    ...chunks.flatMap((chunk) => checker.check({ $ref: `#/components/schemas/${chunkSchema}` }, chunk)),
  ];
}

const TOUCHED = ["GET /models", "POST /chat/completions"];

describeWithSpec("openai/openai-chat.trimmed.json", "The chat protocol of OpenAI", () => {
  const used = new Map<Service, Used>();
  let document: OpenApiDocument;
  beforeAll(async () => {
    document = readSpec<OpenApiDocument>("openai/openai-chat.trimmed.json");
    for (const service of ["openai", "groq"] as const) used.set(service, await use(service));
  });

  test.each(["openai", "groq"] as const)("%s: every request, answer and chunk is as OpenAI describes it", (service) => {
    const { exchanges, chunks } = used.get(service)!;
    expect(wrongIn(document, { exchanges, chunks }, "CreateChatCompletionStreamResponse")).toEqual([]);
    expect(touched(openApiInterface(document), exchanges)).toEqual(TOUCHED);
    expect(chunks.length).toBeGreaterThan(15);
  });

  test("every refusal has the shape of OpenAI's errors", () => {
    const checker = schemaChecker(document as unknown as Json);
    const refusals = used.get("openai")!.exchanges.filter(({ response }) => response.status >= 400);
    expect(refusals.map(({ response }) => response.status)).toEqual([404, 401]);
    for (const { response } of refusals)
      expect(checker.check({ $ref: "#/components/schemas/ErrorResponse" }, response.body ?? undefined)).toEqual([]);
  });

  test("the check can fail", () => {
    const { exchanges, chunks } = used.get("openai")!;
    const spoilt = exchanges.map((exchange) => ({
      ...exchange,
      request: {
        ...exchange.request,
        body: exchange.request.body.replace('"messages"', '"message"').replace("true", '"yes"'),
      },
    }));
    const found = wrongIn(
      document,
      { exchanges: spoilt, chunks: [{ ...(chunks[0] as JsonObject), choices: [{}] }] },
      "CreateChatCompletionStreamResponse",
    ).join("\n");
    expect(found).toContain("must have required property 'messages'");
    expect(found).toContain("must have required property 'delta'");
  });
});

describeWithSpec("together/together-chat.trimmed.json", "The chat protocol of Together", () => {
  test("every request, answer and chunk is as Together describes it", async () => {
    const document = readSpec<OpenApiDocument>("together/together-chat.trimmed.json");
    const used = await use("together");
    expect(wrongIn(document, used, "ChatCompletionChunk")).toEqual([]);
    expect(touched(openApiInterface(document), used.exchanges)).toEqual(TOUCHED);
    const { messages, ...rest } = JSON.parse(used.exchanges.at(-1)?.request.body ?? "{}") as JsonObject;
    const described = documentMembers(document, "ChatCompletionRequest");
    expect(
      Object.keys(rest).filter((name) => !described.includes(name)),
      "members that it does not describe",
    ).toEqual([]);
    expect(messages).toHaveLength(6);
  });
});

/** Names of the members of a schema. */
function documentMembers(document: OpenApiDocument, schema: string): readonly string[] {
  const { components } = document as unknown as { components: { schemas: Record<string, { properties: JsonObject }> } };
  return Object.keys(components.schemas[schema]?.properties ?? {});
}
