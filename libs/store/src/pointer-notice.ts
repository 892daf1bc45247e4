import type { PointerMove } from "@tandem/ports/store/pointer-feed";

/** A notice on the pointer channel: which deployment to read anew, or the move itself when it changed nothing else. */
export interface PointerNotice {
  readonly deploymentId: string;
  readonly move?: PointerMove;
}

/** Short and without secrets: every role that may connect may listen. */
export const pointerNotice = ({ deploymentId, move }: PointerNotice): string =>
  move === undefined ? deploymentId : `${deploymentId} ${JSON.stringify(move)}`;

/** The inverse; what follows the id is ours or is left out, and then the deployment is read. */
export function readPointerNotice(payload: string): PointerNotice {
  const space = payload.indexOf(" ");
  if (space < 0) return { deploymentId: payload };
  const deploymentId = payload.slice(0, space);
  try {
    return { deploymentId, move: JSON.parse(payload.slice(space + 1)) as PointerMove };
  } catch {
    return { deploymentId };
  }
}
