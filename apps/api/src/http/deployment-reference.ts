import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import { z } from "zod";

/** A deployment by id, by a name that only one has, or by `playbook/environment/name`. */
export const Reference = z.string().min(1).max(160);

/** The deployment of the actor's tenant; `not_found` for everything else, another tenant's included. */
export async function findDeployment(store: ControlStore, actor: Actor, reference: string): Promise<DeploymentDetail> {
  const deployment = await store.deployment(actor, reference);
  if (deployment === null) throw new AppError("not_found", `There is no deployment ${reference}`);
  return deployment;
}
