import { DeploymentDetail } from "@tandem/contracts";
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
