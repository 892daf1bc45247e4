const OWN_PIPELINE = /^[0-9a-v]{26}$/u;

/** The id we give a stage: its pipeline's id (which is our key) and the stage's own key, so that one follows from the other for ever. */
export const stageId = (pipelineId: string, stageKey: string): string => `${pipelineId}_${stageKey}`;

/** Our key of a stage; a stage that a person added keeps its id, behind `id:`. */
export function stageKey(pipelineId: string, id: string): string {
  return id.startsWith(`${pipelineId}_`) ? id.slice(pipelineId.length + 1) : `id:${id}`;
}

/** What a deal may name as its stage: the vendor's id, or in a pipeline of ours also the stage's key. */
export function resolveStage(pipelineId: string, stage: string): string {
  return OWN_PIPELINE.test(pipelineId) && !stage.startsWith(`${pipelineId}_`) ? stageId(pipelineId, stage) : stage;
}
