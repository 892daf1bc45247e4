import type { Stage } from "../stage.ts";

/** A rollout begins. */
export const beginStage: Stage = async () => ({ event: "stage-succeeded" });
