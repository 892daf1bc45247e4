import { type ApiConfig } from "@tandem/config";
import type { Pointer } from "@tandem/domain/slot";
import type { Deployment } from "@tandem/domain/tenant";
import type { DeploymentDetail, DeploymentSummary } from "@tandem/ports/store/control";

/** A pointer without its salt: knowing it would let a caller choose a canary side. */
export const presentPointer = ({ salt: _salt, ...pointer }: Pointer) => pointer;

/** The stable carrier address of a deployment. */
export const ingressUrl = (config: ApiConfig, ingressKey: string): string => `${config.publicUrl}/voice/${ingressKey}`;

export const presentConfiguration = ({ number, connections, overlay, configVersion }: Deployment) => ({
  number,
  connections,
  overlay,
  configVersion,
});

export const presentDeployment = (config: ApiConfig, deployment: Deployment) => ({
  id: deployment.id,
  name: deployment.name,
  playbook: deployment.playbook,
  environment: deployment.environment,
  ingressUrl: ingressUrl(config, deployment.ingressKey),
  ...presentConfiguration(deployment),
});

export const presentSummary = (config: ApiConfig, summary: DeploymentSummary) => ({
  ...presentDeployment(config, summary),
  pointer: presentPointer(summary.pointer),
  liveRollout: summary.liveRollout,
});

export const presentDetail = (config: ApiConfig, detail: DeploymentDetail) => ({
  ...presentSummary(config, detail),
  slots: detail.slots,
  attached: detail.attachment.attached,
  stateSerial: detail.stateSerial,
  wayBack: detail.wayBack,
  safetyNet: detail.safetyNet,
});
