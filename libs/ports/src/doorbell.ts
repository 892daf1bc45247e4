/** Tells a worker to look at a deployment. May be lost, doubled or late: the sweep finds the work anyway. Never throws. */
export interface Doorbell {
  ring(tenantId: string, deploymentId: string): Promise<void>;
}
