import { type JsonObject, VendorError } from "@tandem/kernel";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import type { z } from "zod";
import type { HubspotRequests, Rewrite } from "./client.ts";
import type { PipelineFields } from "./descriptor.ts";
import { isConflict, nullWhenGone, refusal } from "./refusal.ts";
import { type Found, idOf, type KindLife } from "./kind-life.ts";
import { stageId, stageKey } from "./stage-id.ts";
import { WirePipeline } from "./wire.ts";

type Fields = z.infer<typeof PipelineFields> & { readonly label: string };
type Stage = Fields["stages"][number] & { readonly label: string };
/** A stage as it is sent. `stageId` is the vendor's documented member that the SDK's model leaves out. */
interface StageInput {
  readonly stageId: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly metadata: Record<string, string>;
}

const OBJECT = "deals";
const OWN_ID = /^[0-9a-v]{26}$/u;

function foundOf(pipeline: WirePipeline): Found {
  const stages = pipeline.stages
    .filter((stage) => stage.archived !== true)
    .toSorted((one, other) => one.displayOrder - other.displayOrder)
    .map((stage) => ({
      key: stageKey(pipeline.id, stage.id),
      label: stage.label,
      probability: Number(stage.metadata?.["probability"] ?? 0),
      displayOrder: stage.displayOrder,
    }));
  return {
    externalId: pipeline.id,
    externalKey: OWN_ID.test(pipeline.id) ? pipeline.id : null,
    fields: { object: OBJECT, label: pipeline.label, stages },
  };
}

const readPipeline = (requests: HubspotRequests, pipelineId: string): Promise<WirePipeline | null> =>
  requests
    .read(
      (api) => api.pipelines().getById(OBJECT, pipelineId),
      (answer) => WirePipeline.parse(answer),
    )
    .catch(nullWhenGone);

const readFound = async (requests: HubspotRequests, pipelineId: string): Promise<Found | null> => {
  const pipeline = await readPipeline(requests, pipelineId);
  return pipeline === null || pipeline.archived === true ? null : foundOf(pipeline);
};

/** Deal pipelines. Our key is the pipeline's id. */
export const pipelineLife: KindLife = {
  read: readFound,
  async find(requests, externalKey) {
    const found = await readFound(requests, externalKey);
    return found === null ? [] : [found];
  },
  async create(requests, target) {
    const { label, stages } = target.fields as unknown as Fields;
    const pipelineId = target.externalKey;
    const inputs = stages.map((stage) => inputOf(pipelineId, stage as Stage));
    try {
      return await requests.write(
        (api) =>
          api.pipelines(withIds(inputs, pipelineId)).create(OBJECT, { label, displayOrder: 1, stages: [...inputs] }),
        (answer) => requireId(WirePipeline.parse(answer), pipelineId),
      );
    } catch (error) {
      if (!isConflict(error)) throw error;
      const existing = await readFound(requests, pipelineId);
      if (existing === null) throw error;
      return existing;
    }
  },
  update: (requests, target) => replace(requests, target),
  async remove(requests, externalId) {
    if (!OWN_ID.test(externalId))
      throw refusal("delete crm.pipeline", "invalid", "that pipeline was not made by Tandem");
    return requests
      .write(
        (api) => api.pipelines().archive(OBJECT, externalId, true, true),
        () => null,
      )
      .catch(nullWhenGone);
  },
  holds(found, wanted) {
    const present = found as unknown as Fields;
    const { object, label, stages } = wanted as unknown as Fields;
    const byKey = new Map(present.stages.map((stage) => [stage.key, stage]));
    return (
      present.object === object &&
      present.label === label &&
      stages.every((stage) => isSame(byKey.get(stage.key), stage))
    );
  },
};

/**
 * One PUT with label and all stages. Stages that are there and not wanted stay, ours and those that people added: deals may be in them.
 * The vendor is told to refuse the whole if a stage in use would vanish (a stage added between our read and our write).
 */
async function replace(requests: HubspotRequests, target: WriteTarget): Promise<Found> {
  const pipelineId = idOf(target);
  const { label, stages } = target.fields as unknown as Fields;
  const present = await readPipeline(requests, pipelineId);
  if (present === null) throw refusal("update crm.pipeline", "not-found", "the pipeline is gone");
  const wanted = stages.map((stage) => inputOf(pipelineId, stage as Stage));
  const wantedIds = new Set(wanted.map((stage) => stage.stageId));
  const kept = present.stages
    .filter((stage) => stage.archived !== true && !wantedIds.has(stage.id))
    .map((stage) => ({
      stageId: stage.id,
      label: stage.label,
      displayOrder: stage.displayOrder,
      metadata: stage.metadata ?? {},
    }));
  const inputs: readonly StageInput[] = [...wanted, ...kept];
  return requests.write(
    (api) =>
      api
        .pipelines(withIds(inputs))
        .replace(OBJECT, pipelineId, { label, displayOrder: present.displayOrder, stages: [...inputs] }, true, true),
    (answer) => requireId(WirePipeline.parse(answer), pipelineId),
  );
}

const inputOf = (pipelineId: string, stage: Stage): StageInput => ({
  stageId: stageId(pipelineId, stage.key),
  label: stage.label,
  displayOrder: stage.displayOrder,
  metadata: { probability: probabilityText(stage.probability) },
});

/** The vendor writes whole numbers with one decimal. */
const probabilityText = (probability: number): string =>
  Number.isInteger(probability) ? probability.toFixed(1) : String(probability);

const withIds =
  (inputs: readonly StageInput[], pipelineId?: string): Rewrite =>
  (body) => ({
    ...body,
    ...(pipelineId === undefined ? {} : { pipelineId }),
    stages: (body["stages"] as readonly JsonObject[]).map((stage, index) => ({
      ...stage,
      stageId: inputs[index]?.stageId ?? "",
    })),
  });

/** An account that ignored the id we chose would lose the pipeline to us: said at once, as something that did happen. */
function requireId(pipeline: WirePipeline, wanted: string): Found {
  if (pipeline.id === wanted) return foundOf(pipeline);
  throw new VendorError(
    `hubspot create crm.pipeline: made as ${pipeline.id} and not under the id asked for; remove it by hand`,
    {
      vendor: "hubspot",
      operation: "create crm.pipeline",
      fault: "contract",
      effect: "applied",
    },
  );
}

const isSame = (present: Fields["stages"][number] | undefined, wanted: Fields["stages"][number]): boolean =>
  present !== undefined &&
  present.label === wanted.label &&
  present.displayOrder === wanted.displayOrder &&
  Math.abs(present.probability - wanted.probability) < 0.001;
