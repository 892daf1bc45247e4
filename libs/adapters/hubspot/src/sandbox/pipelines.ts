import type { JsonObject } from "@tandem/kernel";
import type { SandboxResponse, SandboxWorld } from "@tandem/ports/sandbox";
import {
  answer,
  conflict,
  invalid,
  isoNow,
  jsonBody,
  nextId,
  notFound,
  type PortalRequest,
  Refusal,
  requireText,
} from "./answers.ts";
import { record } from "./schema.ts";
import { type PipelineRow, pipelines, records, type StageRow, without } from "./tables.ts";

const objectOf = (portal: PortalRequest): string => portal.path["object"] ?? "";

function requirePipeline(portal: PortalRequest): PipelineRow {
  const row = pipelines(portal.world).get(portal.path["id"] ?? "");
  if (row === undefined || row.object !== objectOf(portal)) throw new Refusal(notFound("Pipeline does not exist"));
  return row;
}

export function createPipeline(portal: PortalRequest): SandboxResponse {
  const body = jsonBody(portal);
  requireText(body, ["label"]);
  const id = typeof body["pipelineId"] === "string" ? body["pipelineId"] : nextId(portal.world);
  if (pipelines(portal.world).get(id) !== undefined) return conflict(`A pipeline with id '${id}' already exists.`);
  if (id !== id.toLowerCase()) return invalid("Pipeline ids must be lowercase.");
  requireFreeLabel(portal, String(body["label"]), id);
  const now = isoNow(portal.world);
  const row: PipelineRow = {
    id,
    object: objectOf(portal),
    label: String(body["label"]),
    displayOrder: Number(body["displayOrder"] ?? 0),
    stages: stagesOf(portal, body, []),
    createdAt: now,
    updatedAt: now,
  };
  pipelines(portal.world).put(id, row);
  record(portal, "create", "pipeline", id, factsOf(row));
  return answer(201, asPipeline(row));
}

function requireFreeLabel(portal: PortalRequest, label: string, id: string): void {
  const isTaken = pipelines(portal.world)
    .all()
    .some((row) => row.object === objectOf(portal) && row.label === label && row.id !== id);
  if (isTaken) throw new Refusal(invalid(`The label '${label}' is already in use by another pipeline.`));
}

/** Stages as given; one that names the id of an existing stage is that stage. */
function stagesOf(portal: PortalRequest, body: JsonObject, present: readonly StageRow[]): readonly StageRow[] {
  const inputs = (body["stages"] ?? []) as readonly JsonObject[];
  if (inputs.length === 0) throw new Refusal(invalid("A pipeline needs at least one stage."));
  const stages = inputs.map((input) => {
    const metadata = (input["metadata"] ?? {}) as Record<string, string>;
    if (typeof input["label"] !== "string" || typeof input["displayOrder"] !== "number")
      throw new Refusal(invalid("Some required fields were not set: [stages.label, stages.displayOrder]"));
    if (objectOf(portal) === "deals" && !(Number(metadata["probability"]) >= 0 && Number(metadata["probability"]) <= 1))
      throw new Refusal(invalid("Stage metadata is invalid: probability must be between 0.0 and 1.0."));
    const id = typeof input["stageId"] === "string" ? input["stageId"] : nextId(portal.world);
    if (id !== id.toLowerCase()) throw new Refusal(invalid("Stage ids must be lowercase."));
    const before = present.find((stage) => stage.id === id);
    const now = isoNow(portal.world);
    return {
      id,
      label: input["label"],
      displayOrder: input["displayOrder"],
      metadata: { ...metadata, isClosed: String(["0.0", "1.0", "0", "1"].includes(metadata["probability"] ?? "")) },
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
  });
  for (const member of ["id", "label"] as const)
    if (new Set(stages.map((stage) => stage[member])).size !== stages.length)
      throw new Refusal(invalid(`Stage ${member}s must be unique within a pipeline.`));
  return stages;
}

export const listPipelines = (portal: PortalRequest): SandboxResponse =>
  answer(200, {
    results: pipelines(portal.world)
      .all({ forListing: true })
      .filter((row) => row.object === objectOf(portal))
      .map(asPipeline),
  });

export const readPipeline = (portal: PortalRequest): SandboxResponse =>
  answer(200, asPipeline(requirePipeline(portal)));

export function patchPipeline(portal: PortalRequest): SandboxResponse {
  const row = requirePipeline(portal);
  const next = changePipeline(portal.world, row, jsonBody(portal));
  requireFreeLabel(portal, next.label, row.id);
  pipelines(portal.world).put(row.id, next);
  record(portal, "update", "pipeline", row.id, factsOf(next));
  return answer(200, asPipeline(next));
}

/** The row with another label or order. */
export const changePipeline = (world: SandboxWorld, row: PipelineRow, body: JsonObject): PipelineRow => ({
  ...row,
  label: String(body["label"] ?? row.label),
  displayOrder: Number(body["displayOrder"] ?? row.displayOrder),
  updatedAt: isoNow(world),
});

export function replacePipeline(portal: PortalRequest): SandboxResponse {
  const row = requirePipeline(portal);
  const body = jsonBody(portal);
  requireText(body, ["label"]);
  requireFreeLabel(portal, String(body["label"]), row.id);
  const stages = stagesOf(portal, body, row.stages);
  const kept = new Set(stages.map((stage) => stage.id));
  const lost = row.stages.filter((stage) => !kept.has(stage.id)).map((stage) => stage.id);
  requireUnused(portal, (deal) => deal["pipeline"] === row.id && lost.includes(deal["dealstage"] ?? ""));
  const next = { ...changePipeline(portal.world, row, body), stages };
  pipelines(portal.world).put(row.id, next);
  record(portal, "update", "pipeline", row.id, factsOf(next));
  return answer(200, asPipeline(next));
}

function requireUnused(portal: PortalRequest, isUsing: (deal: Readonly<Record<string, string>>) => boolean): void {
  if (portal.request.query.get("validateReferencesBeforeDelete") !== "true") return;
  if (
    records(portal.world, "deals")
      .all()
      .some((deal) => isUsing(deal.properties))
  )
    throw new Refusal(
      invalid("There are records in the stages that would be deleted.", {
        subCategory: "PipelineError.STAGE_ID_IN_USE",
      }),
    );
}

export function archivePipeline(portal: PortalRequest): SandboxResponse {
  const row = requirePipeline(portal);
  if (row.id === "default") return invalid("The default pipeline cannot be deleted.");
  requireUnused(portal, (deal) => deal["pipeline"] === row.id);
  pipelines(portal.world).remove(row.id);
  record(portal, "delete", "pipeline", row.id, {});
  return answer(204, null);
}

const asPipeline = (row: PipelineRow): JsonObject => ({
  ...without(row, "object"),
  archived: false,
  stages: row.stages.map((stage) => ({ ...stage, archived: false, writePermissions: "CRM_PERMISSIONS_ENFORCEMENT" })),
});

const factsOf = (row: PipelineRow): JsonObject => ({ label: row.label, stages: row.stages.map((stage) => stage.id) });
