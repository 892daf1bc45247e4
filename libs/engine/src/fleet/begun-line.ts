/** Something to do for a deployment whose rollout has begun. */
export type MoveOn = (tenantId: string, deploymentId: string) => Promise<unknown>;

/**
 * Moves begun rollouts on, so many at a time, in the order in which they began: a hundred at once would wait for each other's connections.
 * What fails is told; the sweep finds it again.
 */
export function begunLine(
  moveOn: MoveOn,
  { atOnce, onError }: { readonly atOnce: number; readonly onError: (deploymentId: string, error: unknown) => void },
): (tenantId: string, deploymentId: string) => void {
  const line: (readonly [string, string])[] = [];
  let open = 0;
  const drain = async (): Promise<void> => {
    open += 1;
    for (let next = line.shift(); next !== undefined; next = line.shift()) {
      const [, deploymentId] = next;
      await moveOn(...next).catch((error: unknown) => onError(deploymentId, error));
    }
    open -= 1;
  };
  return (tenantId, deploymentId) => {
    line.push([tenantId, deploymentId]);
    if (open < atOnce) void drain();
  };
}
