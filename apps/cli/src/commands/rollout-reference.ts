import { DeploymentDetail, RolloutPage } from "@tandem/contracts";
import type { Api } from "../api.ts";
import { CommandFailure, ExitCode } from "../exit-code.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id itself, or the live rollout of a deployment. */
export async function rolloutOf(api: Api, reference: string): Promise<string> {
  if (UUID.test(reference)) return reference;
  const detail = await api.get(`/v1/deployments/${encodeURIComponent(reference)}`, DeploymentDetail);
  if (detail.liveRollout === null) throw new CommandFailure(`${reference} has no live rollout.`, ExitCode.failed);
  return detail.liveRollout.id;
}

/** The id itself, or the newest rollout of a deployment, whether it has ended or not. */
export async function newestRolloutOf(api: Api, reference: string): Promise<string> {
  if (UUID.test(reference)) return reference;
  const path = `/v1/deployments/${encodeURIComponent(reference)}/rollouts?limit=1`;
  const newest = (await api.get(path, RolloutPage)).items[0];
  if (newest === undefined) throw new CommandFailure(`${reference} has never been rolled out.`, ExitCode.failed);
  return newest.id;
}
