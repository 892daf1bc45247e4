import { z } from "zod";

/** Which deployment an event is about. */
const Deployment = z.object({
  id: z.string(),
  name: z.string(),
  playbook: z.string(),
  environment: z.string(),
});

const Reason = z
  .object({
    code: z.string().describe("Listed in docs/errors.md."),
    summary: z.string(),
    detail: z.string(),
    nextAction: z.string(),
  })
  .describe("Why, and what to do next.");

const links = z
  .array(z.object({ label: z.string(), url: z.string() }))
  .describe("Links of one use that answer it, where the endpoint has `linksFor`; else empty.");

const ofDeployment = { deployment: Deployment };
const ofRollout = { ...ofDeployment, rolloutId: z.string() };
const actor = z.string().describe("`key:<id>`, `user:<id>` or `worker`; no name and no address.");

interface EventEntry {
  readonly summary: string;
  readonly data: z.ZodObject;
}
const entry = <Shape extends z.ZodRawShape>(summary: string, shape: Shape) => ({ summary, data: z.object(shape) });

/** Every event that goes to the outside, with the schema of its `data`. Members are added, never changed or removed: a change of meaning is a new type. */
export const notificationEvents = {
  "rollout.started": entry("A rollout was started.", { ...ofRollout, actor }),
  "rollout.phase-changed": entry("A rollout entered another phase.", {
    ...ofRollout,
    from: z.string(),
    to: z.string(),
    reason: Reason.nullable(),
    links,
  }),
  "rollout.needs-attention": entry("A rollout waits for a person.", {
    ...ofRollout,
    phase: z.string(),
    reason: Reason,
    commands: z.array(z.string()).describe("Command lines that answer it."),
    links,
  }),
  "rollout.decided": entry("A person decided about a rollout.", {
    ...ofRollout,
    decision: z.string().describe("E.g. approved, rejected, promoted, pause-asked, abort-asked, resumed."),
    actor,
  }),
  "rollout.ended": entry("A rollout ended.", {
    ...ofRollout,
    outcome: z.enum(["succeeded", "aborted", "rolled-back", "failed"]),
    reason: Reason.nullable(),
  }),
  "rollout.queue-failed": entry("A rollout that waited its turn could not begin.", {
    ...ofDeployment,
    waitingId: z.string(),
    code: z.string().describe("Of the error that refused it; listed in docs/errors.md."),
    detail: z.string(),
  }),
  "rollout.evidence-weighed": entry("What the calls tell about a new release has changed.", {
    ...ofRollout,
    verdict: z.string(),
    detail: z.string(),
  }),
  "pointer.moved": entry("New calls go to another slot, or to a share of it.", {
    ...ofDeployment,
    active: z.string(),
    generation: z.int(),
  }),
  "pointer.rolled-back": entry("Calls went back to the release before.", { ...ofDeployment, actor }),
  "pointer.diverted": entry("All calls of a deployment go to a person.", { ...ofDeployment, actor }),
  "pointer.resumed": entry("Calls of a deployment go to its agent again.", { ...ofDeployment, actor }),
  "drift.found": entry("Vendor objects changed without our doing.", {
    ...ofDeployment,
    addresses: z.array(z.string()).describe("What differs, slot, address and field; twenty at most."),
  }),
  "drift.cleared": entry("Nothing differs any more, or everything that does is decided about.", ofDeployment),
  "freeze.changed": entry("A freeze window was set, changed, ended or overridden.", {
    change: z.string(),
    object: z.string(),
    actor,
  }),
  "outbound-call.ended": entry("A call-back is over.", {
    ...ofDeployment,
    outboundCallId: z.string(),
    state: z.string(),
    reason: z.string().nullable(),
  }),
  "incident.opened": entry(
    "Something is wrong for callers: an incident was opened, by a person or by what is failing.",
    {
      ...ofDeployment,
      incidentId: z.string(),
      severity: z.string().describe("`sev-1`: callers are not served; `sev-2`: they are served worse."),
      stack: z.string().nullable().describe("Suspected: `telephony`, `audio`, `intelligence` or `output`."),
      summary: z.string(),
      actor,
    },
  ),
  "incident.resolved": entry("An incident is over.", {
    ...ofDeployment,
    incidentId: z.string(),
    resolution: z.string(),
    actor,
  }),
  "tenant.changed": entry("The tenant was suspended, reactivated or taken off the platform.", {
    change: z.string(),
    actor,
  }),
  "fleet-rollout.changed": entry(
    "A fleet rollout began, paused, went on, ended, or left members out: told to the platform.",
    {
      fleetRolloutId: z.string(),
      change: z.string().describe("E.g. started, paused, resume-asked, members-skipped, completed, aborted."),
      reason: Reason.nullable(),
      actor,
    },
  ),
  "audit.checkpoint-missing": entry("No audit checkpoint was made for longer than it may take.", {
    lastSeq: z.int(),
    lastAt: z.string().nullable(),
    detail: z.string(),
  }),
  "audit.chain-broken": entry("The audit log does not agree with a checkpoint that was kept outside the database.", {
    seq: z.int(),
    detail: z.string(),
  }),
  "webhook.disabled": entry("An endpoint is not sent to any more.", {
    endpointId: z.string(),
    failingSince: z.string().nullable(),
    detail: z.string(),
  }),
  "webhook.test": entry("A message that somebody asked for to try an endpoint.", { endpointId: z.string(), actor }),
} as const satisfies Record<string, EventEntry>;

export type NotificationType = keyof typeof notificationEvents;
export const notificationTypes = Object.keys(notificationEvents) as readonly NotificationType[];

/** An event for the outside; `data` is of the type's schema. */
export type Notification = {
  [Type in NotificationType]: {
    readonly type: Type;
    readonly data: z.infer<(typeof notificationEvents)[Type]["data"]>;
  };
}[NotificationType];
