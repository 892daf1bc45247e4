import { Environment, Slug } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { queryInteger } from "./page.ts";

const States = z.enum(["attention", "rolling-out", "diverted", "live", "not-live"]);
const TenantName = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });
const TimeZone = z.string().nullable().describe("IANA, of the deployment's callers; null where nothing names one.");
const next = z.string().nullable().describe("`after` of the next page; null at the end.");
const paged = {
  after: z.string().max(1000).optional().describe("`next` of the page before."),
  limit: queryInteger(1, 200).default(50).describe("Most items in the answer."),
};

/** No `.meta({ id })`: it is a query. */
export const OverviewQuery = z.strictObject({
  search: z.string().max(100).optional().describe("Part of a tenant's name or slug, of a deployment's name or number."),
  tenant: Slug.optional().describe("Slug of one tenant."),
  environment: Environment.optional(),
  playbook: Slug.optional(),
  version: z.string().max(60).optional().describe("Version of the playbook that takes calls."),
  state: States.optional(),
  sort: z.enum(["attention", "tenant", "deployment"]).default("attention"),
  ...paged,
});
export type OverviewQuery = z.infer<typeof OverviewQuery>;

const OverviewRow = z
  .object({
    tenant: TenantName.extend({ status: z.string() }),
    id: z.uuid(),
    name: z.string(),
    playbook: z.string(),
    environment: Environment,
    number: z.string().nullable(),
    timeZone: TimeZone,
    state: States.describe(
      "What matters most: it needs a person, a rollout goes on, calls go to people, it is live, nothing ever was.",
    ),
    flags: z
      .array(z.enum(["incident", "held", "safety-net", "credential", "approval", "promotion", "drift"]))
      .describe("Why it needs a person; the most urgent first."),
    mode: z.enum(["live", "diverted"]),
    live: z
      .object({
        slot: z.string(),
        bundleHash: z.string().nullable(),
        version: z.string().nullable().describe("Of the playbook."),
        since: InstantText.nullable().describe("When a switch or a rollback brought it."),
        by: z.string().nullable(),
      })
      .nullable()
      .describe("What takes calls; null: nothing does."),
    candidateBp: z.int().describe("Share of new calls that a canary takes, ten-thousandths."),
    calls: z.int().describe("Calls going on in both slots."),
    health: z
      .object({ at: InstantText, stacks: z.record(z.string(), z.string()) })
      .nullable()
      .describe("How each stack stood at the last look; null: nobody has looked."),
    rollout: z
      .object({
        id: z.uuid(),
        phase: z.string(),
        version: z.string().nullable(),
        startedAt: InstantText,
        dueAt: InstantText.nullable(),
        reason: z.object({ code: z.string(), detail: z.string(), nextAction: z.string() }).nullable(),
      })
      .nullable(),
  })
  .meta({ id: "OverviewRow" });

export const Overview = z
  .object({
    items: z.array(OverviewRow),
    next,
    counts: z.record(States, z.int()).describe("Deployments by state that the filter, the state aside, lets pass."),
  })
  .meta({ id: "Overview" });
export type Overview = z.infer<typeof Overview>;

/** No `.meta({ id })`: it is a query. */
export const AttentionQuery = z.strictObject({ tenant: Slug.optional().describe("Slug of one tenant."), ...paged });
export type AttentionQuery = z.infer<typeof AttentionQuery>;

const Kinds = z.enum([
  "incident",
  "held",
  "evidence",
  "safety-net",
  "credential-refused",
  "connection-failing",
  "approval",
  "promotion",
  "credential-ending",
  "credential-missing",
  "drift",
  "fleet-paused",
]);

const PausedFleet = z.object({
  id: z.uuid(),
  playbook: z.string(),
  version: z.string(),
  pausedBy: z.string().nullable().describe("As the audit log has it; null: it paused by itself."),
  failed: z.int().describe("Members of all waves that failed, as the failure budget counts them."),
  through: z.int().describe("Members that succeeded."),
  members: z.int(),
});

const AttentionItem = z
  .object({
    kind: Kinds,
    urgency: z.int().describe("0 (at once) to 4 (when there is time)."),
    tenant: TenantName.nullable().describe("Null for a fleet rollout, as is the deployment."),
    deployment: z.object({ id: z.uuid(), name: z.string(), environment: Environment, timeZone: TimeZone }).nullable(),
    rolloutId: z.uuid().nullable(),
    incidentId: z.uuid().nullable(),
    connection: z.object({ id: z.uuid(), name: z.string(), vendor: z.string() }).nullable(),
    fleet: PausedFleet.nullable().describe("A fleet rollout that is paused, for whoever administrates the platform."),
    since: InstantText.nullable(),
    until: InstantText.nullable().describe("When it ends by itself, or goes wrong."),
    code: z.string(),
    detail: z.string(),
    nextAction: z.string(),
  })
  .meta({ id: "AttentionItem" });

export const Attention = z
  .object({ items: z.array(AttentionItem), next, counts: z.partialRecord(Kinds, z.int()) })
  .meta({ id: "Attention" });
export type Attention = z.infer<typeof Attention>;

/** One event of `GET /v1/stream`: something is not what it was. */
export const ChangeHint = z
  .object({
    tenant: z.string().describe("Slug."),
    kind: z.enum(["deployment", "rollout", "plan", "session", "incident", "connection", "manifest", "access", "audit"]),
    deployment: z.uuid().optional(),
    rollout: z.uuid().optional(),
    generation: z.int().optional().describe("Of the pointer that moved."),
  })
  .meta({ id: "ChangeHint" });
export type ChangeHint = z.infer<typeof ChangeHint>;
