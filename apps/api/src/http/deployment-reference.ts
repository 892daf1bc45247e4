import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import { z } from "zod";

/** A deployment by id, by a name that only one has, or by `playbook/environment/name`. */
export const Reference = z.string().min(1).max(160);

const Id = z.uuid();

/**
 * The id behind a reference. An id is taken as it is: whoever then locks the deployment finds out whether the tenant has it, and a move of
 * the pointer spares a read.
 */
export async function deploymentIdOf(store: ControlStore, actor: Actor, reference: string): Promise<string> {
  return Id.safeParse(reference).success ? reference : (await findDeployment(store, actor, reference)).id;
}

/** The deployment of the actor's tenant; `not_found` for everything else, another tenant's included. */
export async function findDeployment(store: ControlStore, actor: Actor, reference: string): Promise<DeploymentDetail> {
  const deployment = await store.deployment(actor, reference);
  if (deployment === null) throw new AppError("not_found", `There is no deployment ${reference}`);
  return deployment;
}
