import type { StageLook } from "@tandem/engine";
import type { Spans } from "@tandem/telemetry";

/** Answers that say that something went wrong, not only that somebody waits. */
const FAILED = new Set([
  "vendor-failure",
  "findings-blocked",
  "drift-found",
  "smoke-failed",
  "switch-lost",
  "bake-breached",
  "way-back-gone",
]);

/** One trace per rollout, its id the rollout's, with a span for each look that came to something. */
export const rolloutSpans =
  (spans: Spans) =>
  ({ rolloutId, tenantId, deploymentId, phase, event, code, startMs, endMs }: StageLook): void => {
    spans.tell({
      traceId: rolloutId.replaceAll("-", ""),
      parentId: null,
      name: `rollout ${phase}`,
      startMs,
      endMs,
      attributes: {
        "tandem.tenant": tenantId,
        "tandem.deployment": deploymentId,
        "tandem.rollout": rolloutId,
        "tandem.phase": phase,
        "tandem.event": event,
        ...(code === null ? {} : { "tandem.code": code }),
      },
      hasFailed: FAILED.has(event),
    });
  };
