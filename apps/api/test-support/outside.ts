// What tests of the API borrow: the CLI that checks what the API gave away, and the store's short ways to a rollout.
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { newDeployment, startRollout, type World } from "../../../libs/store/test-support/world.ts";

export { runProgram } from "../../cli/src/program.ts";

/** A deployment of the actor's with a rollout that has just begun. */
export async function begunRollout(control: ControlStore, actor: Actor & { tenantId: string }) {
  const world = { control } as unknown as World;
  const served = await newDeployment(world, actor);
  return { deployment: served.deployment, rollout: await startRollout(world, served) };
}
