import type { Stage } from "../stage.ts";

/** Canary steps. */
export const shiftStage: Stage = async () => ({ event: "stage-succeeded" });
