const OWN_PIPELINE = /^[0-9a-v]{26}$/u;
const FOREIGN = "id:";

/** The id of a stage: ours follows from its pipeline's id (which is our key) and the stage's key; a person's stage has its own. */
export const stageId = (pipelineId: string, stageKey: string): string =>
  stageKey.startsWith(FOREIGN) ? stageKey.slice(FOREIGN.length) : `${pipelineId}_${stageKey}`;

/** Our key of a stage; a stage that a person added keeps its id, behind `id:`. */
export const stageKey = (pipelineId: string, id: string): string =>
  id.startsWith(`${pipelineId}_`) ? id.slice(pipelineId.length + 1) : FOREIGN + id;

/** What a deal may name as its stage: a stage's key in a pipeline of ours, or in any pipeline the vendor's own id. */
export function resolveStage(pipelineId: string, stage: string): string {
  const isOwnKey = OWN_PIPELINE.test(pipelineId) && !stage.startsWith(`${pipelineId}_`);
  return isOwnKey || stage.startsWith(FOREIGN) ? stageId(pipelineId, stage) : stage;
}
