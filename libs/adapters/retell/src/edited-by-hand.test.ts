import { driftedFields } from "@tandem/domain/plan";
import type { JsonObject } from "@tandem/kernel";
import type { RunningSandbox } from "@tandem/sandbox-host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentFields, llmFields, makeLlm, openConnection, startRetell } from "../test/open-connection.ts";
import { agentKind, llmKind } from "./descriptor.ts";

let running: RunningSandbox;
beforeAll(async () => void (running = await startRetell()));
afterAll(() => running.close());

const target = (externalKey: string, externalId: string | null, fields: JsonObject) => ({
  kind: agentKind.kind,
  externalKey,
  externalId,
  fields,
  label: "release 1.0.0",
});

/** An agent as a rollout leaves it: made and published under its key. */
async function published(externalKey: string) {
  const connection = await openConnection(running, { deadlineMs: 10_000 });
  const { resources } = connection;
  const fields = agentFields(1, await makeLlm(connection, 1, `${externalKey}llm`));
  const { externalId } = (await resources.write("create", target(externalKey, null, fields)))!;
  await resources.write("publish", target(externalKey, externalId, fields));
  const edit = (changes: JsonObject) => running.control.act("retell", "editAgent", { agentId: externalId, changes });
  const drifted = async () =>
    driftedFields(fields, (await resources.read(agentKind.kind, externalId))?.fields ?? {}).map(({ path }) => path);
  return { resources, fields, externalId, edit, drifted };
}

test("an agent that somebody renamed is still ours: known by its id, drift in its name alone, and named again by the next write", async () => {
  const { resources, fields, externalId, edit, drifted } = await published("renamed");
  await edit({ agent_name: "Somebody's favourite" });
  expect(await drifted()).toEqual(["name"]);
  expect(await resources.findByKey(agentKind.kind, "renamed")).toEqual({ items: [], complete: true });
  await resources.write("update", target("renamed", externalId, fields));
  expect(await drifted()).toEqual([]);
  const { items } = await resources.findByKey(agentKind.kind, "renamed");
  expect(items.map((agent) => agent.externalId)).toEqual([externalId]);
});

test("a voice chosen by hand that takes the list of known words with it is drift at both", async () => {
  const { edit, drifted } = await published("revoiced");
  await edit({ voice_id: "11labs-Myra", boosted_keywords: [] });
  expect((await drifted()).map((path) => path.replace(/\[.*/, ""))).toEqual(["voiceId", "boostedKeywords"]);
});

test("a prompt that was pasted behind the one before is drift at the prompt", async () => {
  const connection = await openConnection(running, { deadlineMs: 10_000 });
  const llmId = await makeLlm(connection, 1, "stacked");
  const { prompt } = llmFields(1);
  await running.control.act("retell", "editLlm", { llmId, changes: { general_prompt: `${prompt}\n${prompt}` } });
  const seen = await connection.resources.read(llmKind.kind, llmId);
  expect(driftedFields(llmFields(1) as JsonObject, seen?.fields ?? {})).toMatchObject([
    { path: "prompt", before: prompt },
  ]);
});
