import type { JsonObject } from "@tandem/kernel";
import type { Listing, VendorObject, WriteTarget } from "@tandem/ports/vendor-resources";
import type { VendorRequests } from "@tandem/ports/vendor-call";
import { once, type Retell } from "./client.ts";
import { LlmFields, type ToolFields } from "./descriptor.ts";
import { type CustomTool, LlmAnswer, pageOf } from "./wire.ts";
import { everyPage, refusal, type RetellWorkspace, seenNow, unlessMissing } from "./workspace.ts";

/** An LLM has no name; its default variables are the one free member that survives every copy, so our key is kept there. */
const KEY_VARIABLE = "tandem_key";

/** Our LLMs are replaced, never changed, so what we manage is always their first version. */
const FIRST_VERSION = 0;

const LlmPage = pageOf(LlmAnswer);

export const readLlm = (
  workspace: RetellWorkspace,
  requests: VendorRequests,
  llmId: string,
): Promise<VendorObject | null> =>
  unlessMissing(
    requests.read(async (signal) => {
      const answer = await workspace.sdk.llm.retrieve(llmId, { version: FIRST_VERSION }, once(signal));
      return objectOf(workspace, LlmAnswer.parse(answer));
    }),
  );

/** Lists carry the latest version; each match is read again at the version that we manage. */
export async function findLlms(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  externalKey: string,
): Promise<Listing<VendorObject>> {
  const all = await everyPage((query) =>
    requests.read(async (signal) =>
      LlmPage.parse(await workspace.sdk.llm.list({ ...query, sort_order: "ascending" }, once(signal))),
    ),
  );
  const ours = all.items.filter((llm) => llm.default_dynamic_variables?.[KEY_VARIABLE] === externalKey);
  const found = await Promise.all(ours.map((llm) => readLlm(workspace, requests, llm.llm_id)));
  return { items: found.filter((llm) => llm !== null), complete: all.complete };
}

export async function createLlm(
  workspace: RetellWorkspace,
  requests: VendorRequests,
  target: WriteTarget,
): Promise<VendorObject> {
  const parsed = LlmFields.safeParse(target.fields);
  if (!parsed.success) throw refusal(`create ${target.kind}`, "the fields are not an LLM's");
  const body = requestOf(parsed.data, target.externalKey);
  return requests.write(async (signal) =>
    objectOf(workspace, LlmAnswer.parse(await workspace.sdk.llm.create(body, once(signal)))),
  );
}

/** Old published versions of the slot's own agent still name the LLM, which Retell takes for use; the slot has no calls by then. */
export async function deleteLlm(workspace: RetellWorkspace, requests: VendorRequests, llmId: string): Promise<null> {
  await unlessMissing(
    requests.write((signal) => workspace.sdk.llm.delete(llmId, { force_delete: true }, once(signal))),
  );
  return null;
}

function requestOf(fields: LlmFields, externalKey: string): Retell.LlmCreateParams {
  return {
    start_speaker: "agent",
    model: fields.model as NonNullable<Retell.LlmCreateParams["model"]>,
    model_temperature: fields.temperature,
    general_prompt: fields.prompt,
    begin_message: fields.beginMessage,
    general_tools: fields.tools.map(toolRequest),
    default_dynamic_variables: { [KEY_VARIABLE]: externalKey },
  };
}

function toolRequest(tool: ToolFields): Retell.LlmCreateParams.CustomTool {
  if (typeof tool.url !== "string")
    throw refusal("create voice-agent.llm", `the address of tool ${tool.name} is not resolved`);
  return {
    type: "custom",
    name: tool.name,
    description: tool.description,
    url: tool.url,
    method: "POST",
    parameters: tool.parameters as unknown as Retell.LlmCreateParams.CustomTool.Parameters,
    timeout_ms: tool.timeoutMs,
    speak_during_execution: tool.speakDuring,
    speak_after_execution: true,
    ...(tool.executionMessage === ""
      ? {}
      : { execution_message_description: tool.executionMessage, execution_message_type: "static_text" as const }),
  };
}

function keyOf({ default_dynamic_variables: variables }: LlmAnswer): string | null {
  const key = variables?.[KEY_VARIABLE];
  return typeof key === "string" ? key : null;
}

const objectOf = (workspace: RetellWorkspace, llm: LlmAnswer): VendorObject =>
  seenNow(workspace, {
    externalId: llm.llm_id,
    externalKey: keyOf(llm),
    version: String(llm.version ?? FIRST_VERSION),
    published: true,
    fields: {
      model: llm.model ?? "",
      temperature: llm.model_temperature ?? 0,
      prompt: llm.general_prompt ?? "",
      beginMessage: llm.begin_message ?? "",
      tools: (llm.general_tools ?? []).map((tool) => ("foreign" in tool ? foreignTool(tool) : toolFields(tool))),
    },
  });

const toolFields = (tool: CustomTool): JsonObject => ({
  name: tool.name,
  description: tool.description ?? "",
  url: tool.url,
  parameters: tool.parameters ?? { type: "object", properties: {} },
  timeoutMs: tool.timeout_ms ?? 120_000,
  speakDuring: tool.speak_during_execution ?? false,
  executionMessage: tool.execution_message_description ?? "",
});

/** A tool of a kind that Tandem does not make: somebody added it in the dashboard. It shows as drift by name and type. */
const foreignTool = (tool: { readonly name: string; readonly foreign: string }): JsonObject => ({
  name: tool.name,
  type: tool.foreign,
});
