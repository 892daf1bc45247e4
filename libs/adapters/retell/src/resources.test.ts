import { resourcesContract, type ResourceSubject } from "@tandem/ports/contract/resources.contract";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentFields, DEADLINE_MS, llmFields, makeLlm, openConnection, startRetell } from "../test/open-connection.ts";
import { AgentFields, agentKind, LlmFields, llmKind } from "./descriptor.ts";
import { demoWorkspace } from "./sandbox.ts";

const subjectOf = (
  running: RunningSandbox,
  rest: Pick<ResourceSubject, "resources" | "kind" | "writes" | "fields" | "invalidFields">,
): ResourceSubject => ({
  control: running.control,
  vendor: "retell",
  deadlineMs: DEADLINE_MS,
  credential: demoWorkspace.apiKey,
  opaque: ["parameters"],
  unknownId: "none_0000000000000000000000000000",
  close: () => running.close(),
  ...rest,
});

resourcesContract("retell voice-agent.llm", async () => {
  const running = await startRetell();
  const { resources } = await openConnection(running);
  return subjectOf(running, {
    resources,
    kind: llmKind,
    writes: { path: "^/(create|update|delete)-retell-llm" },
    fields: llmFields,
    invalidFields: { ...llmFields(1), temperature: 3 },
  });
});

resourcesContract("retell voice-agent.agent", async () => {
  const running = await startRetell();
  const connection = await openConnection(running);
  const llmId = await makeLlm(connection, 1);
  return subjectOf(running, {
    resources: connection.resources,
    kind: agentKind,
    writes: { path: "^/(create|update|delete|publish)-agent" },
    fields: (number) => agentFields(number, llmId),
    invalidFields: { ...agentFields(1, llmId), llmVersion: "latest" },
  });
});

const socketFields = (number: number) => {
  const { llmId: _, llmVersion: __, ...fields } = agentFields(number, "");
  return { ...fields, llmWebsocketUrl: `wss://media.example/agent/k${number}/llm/s` };
};

resourcesContract("retell voice-agent.agent asking our socket", async () => {
  const running = await startRetell();
  const { resources } = await openConnection(running);
  return subjectOf(running, {
    resources,
    kind: agentKind,
    writes: { path: "^/(create|update|delete|publish)-agent" },
    fields: socketFields,
    invalidFields: { ...socketFields(1), llmWebsocketUrl: "https://media.example/agent" },
  });
});

let running: RunningSandbox;
const seen: string[] = [];
beforeAll(async () => {
  running = await startRetell(({ request }) => void seen.push(`${request.method} ${request.path}`));
});
afterAll(() => running.close());

const agentTarget = (externalId: string | null, number: number, llmId: string) => ({
  kind: agentKind.kind,
  externalKey: "agentkey",
  externalId,
  fields: agentFields(number, llmId),
  label: "release 1.0.0",
});

async function publishedAgent() {
  const connection = await openConnection(running);
  const llmId = await makeLlm(connection, 1);
  const made = await connection.resources.write("create", agentTarget(null, 1, llmId));
  const externalId = made?.externalId ?? "";
  await connection.resources.write("publish", agentTarget(externalId, 1, llmId));
  return { ...connection, llmId, externalId };
}

test("a draft that is open and a version that is published are not written again", async () => {
  const { resources, externalId, llmId } = await publishedAgent();
  const target = agentTarget(externalId, 1, llmId);
  seen.length = 0;
  expect(await resources.write("publish", target)).toMatchObject({ version: "0", published: true });
  expect(seen).toEqual([`GET /get-agent/${externalId}`]);
  expect(await resources.write("draft", target)).toMatchObject({ version: "1", published: false });
  expect(await resources.write("draft", target)).toMatchObject({ version: "1", published: false });
  expect(seen.filter((line) => line.startsWith("POST"))).toEqual([`POST /create-agent-version/${externalId}`]);
});

test("a published version is never changed: the vendor refuses and so it is told", async () => {
  const { resources, externalId, llmId } = await publishedAgent();
  await expect(resources.write("update", agentTarget(externalId, 2, llmId))).rejects.toMatchObject({
    facts: { fault: "conflict", effect: "none", status: 412 },
  });
});

test("an agent keeps pointing at the LLM version that was asked for, and the LLM reads the same while drafts come and go", async () => {
  const { resources, externalId, llmId } = await publishedAgent();
  const before = await resources.read(llmKind.kind, llmId);
  for (const verb of ["draft", "update", "publish"] as const)
    await resources.write(verb, agentTarget(externalId, 2, llmId));
  expect(await resources.read(agentKind.kind, externalId)).toMatchObject({
    version: "1",
    published: true,
    fields: agentFields(2, llmId),
  });
  expect(await resources.read(llmKind.kind, llmId)).toMatchObject({ version: "0", fields: before?.fields ?? {} });
});

test("edits in the dashboard show as drift; defaults of the server do not", async () => {
  const { resources, externalId, llmId } = await publishedAgent();
  expect((await resources.read(agentKind.kind, externalId))?.fields).toEqual(agentFields(1, llmId));
  await running.control.act("retell", "editAgent", { agentId: externalId, changes: { voice_id: "11labs-Myra" } });
  expect(await resources.read(agentKind.kind, externalId)).toMatchObject({
    published: false,
    fields: { voiceId: "11labs-Myra" },
  });
  const llm = await makeLlm(await openConnection(running), 9, "editable");
  const tools = [{ type: "end_call", name: "bye" }];
  await running.control.act("retell", "editLlm", { llmId: llm, changes: { general_tools: tools } });
  expect((await resources.read(llmKind.kind, llm))?.fields["tools"]).toEqual([{ name: "bye", type: "end_call" }]);
});

test("an object beyond the first page is found by its key", async () => {
  const connection = await openConnection(running, { deadlineMs: 5000 });
  const llmId = await makeLlm(connection, 1, "pages");
  for (let number = 0; number < 105; number++) await makeLlm(connection, number, `bulk${number}`);
  const agents = Array.from({ length: 3 }, () =>
    connection.resources.write("create", { ...agentTarget(null, 1, llmId), externalKey: "twins" }),
  );
  await Promise.all(agents);
  const llms = await connection.resources.findByKey(llmKind.kind, "bulk104");
  expect(llms).toMatchObject({ complete: true, items: [{ externalKey: "bulk104" }] });
  expect((await connection.resources.findByKey(agentKind.kind, "twins")).items).toHaveLength(3);
}, 30_000);

test("an LLM in use by the slot's own old versions can be removed", async () => {
  const { resources, llmId } = await publishedAgent();
  const removal = { kind: llmKind.kind, externalKey: "llm1", externalId: llmId, fields: null, label: "" };
  expect(await resources.write("delete", removal)).toBeNull();
  expect(await resources.read(llmKind.kind, llmId)).toBeNull();
});

test("fields are strict, and may hold references while a plan is made", () => {
  const reference = { $ref: "voice-agent.llm/main", part: "externalId" };
  const agent = agentFields(1, "llm_1");
  expect(
    AgentFields.safeParse({ ...agent, llmId: reference, llmVersion: { ...reference, part: "version" } }).success,
  ).toBe(true);
  expect(AgentFields.safeParse({ ...agent, colour: "blue" }).success).toBe(false);
  const { llmId: _, llmVersion: __, ...bare } = agent;
  expect(AgentFields.safeParse(bare).success).toBe(false);
  expect(AgentFields.safeParse(socketFields(1)).success).toBe(true);
  expect(AgentFields.safeParse({ ...agent, ...socketFields(1) }).success).toBe(false);
  expect(LlmFields.safeParse({ ...llmFields(1), tools: [{ ...llmFields(1).tools[0], timeoutMs: 500 }] }).success).toBe(
    false,
  );
});
