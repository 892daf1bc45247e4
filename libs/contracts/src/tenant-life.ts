import { CredentialState, OffBoardingPhase } from "@tandem/domain/tenant";
import { z } from "zod";
import { Connection } from "./connection.ts";
import { InstantText, JsonMembers } from "./json.ts";

const Reason = z.string().trim().min(1).max(500);

/** Why, as it goes into both audit chains. */
export const TenantChange = z.strictObject({ reason: Reason }).meta({ id: "TenantChange" });
export type TenantChange = z.infer<typeof TenantChange>;

export const StartOffBoarding = z
  .strictObject({
    confirm: z.string().min(1).max(63).describe("The tenant's slug, typed."),
    reason: Reason,
  })
  .meta({ id: "StartOffBoarding" });
export type StartOffBoarding = z.infer<typeof StartOffBoarding>;

/** How far a tenant's way off the platform is. */
export const OffBoarding = z
  .object({
    id: z.uuid(),
    tenantId: z.uuid(),
    phase: OffBoardingPhase,
    waitsFor: z
      .object({ code: z.string(), detail: z.string(), summary: z.string(), nextAction: z.string() })
      .nullable()
      .describe("Null while it goes on."),
    askedBy: z.string(),
    why: z.string(),
    createdAt: InstantText,
    endedAt: InstantText.nullable(),
    report: JsonMembers.nullable().describe(
      "Classes, counts and times of what was restored, removed, kept and erased.",
    ),
    reportHash: z
      .string()
      .nullable()
      .describe("SHA-256 of the report's canonical JSON; the audit row `tenant.erased` holds it."),
  })
  .meta({ id: "OffBoarding" });
export type OffBoarding = z.infer<typeof OffBoarding>;

const PlannedObject = z.object({
  address: z.string(),
  kind: z.string(),
  vendor: z.string(),
  slot: z.string().nullable(),
  what: z.enum(["removed", "kept", "restored"]),
  why: z.string(),
});

/** What an off-boarding would do now; nothing is changed to find out. */
export const OffBoardingPlan = z
  .object({
    tenant: z.object({ id: z.uuid(), slug: z.string(), status: z.string() }),
    confirm: z.string().describe("What to type."),
    deployments: z.array(
      z.object({
        name: z.string(),
        number: z.string().nullable(),
        liveRollout: z.object({ id: z.uuid(), phase: z.string() }).nullable(),
        objects: z.array(PlannedObject),
      }),
    ),
    liveCalls: z.int(),
    revoked: z.object({ apiKeys: z.int(), credentials: z.array(z.object({ name: z.string(), vendor: z.string() })) }),
    erased: z.record(z.string(), z.int()).describe("Class of data → rows now."),
    kept: z.array(z.string()),
  })
  .meta({ id: "OffBoardingPlan" });
export type OffBoardingPlan = z.infer<typeof OffBoardingPlan>;

/** A connection with its stored credentials, newest first; nobody reads their values. */
export const ConnectionDetail = Connection.extend({
  credentials: z.array(
    z.object({
      version: z.int(),
      state: CredentialState,
      detail: z.string().nullable(),
      storedAt: InstantText,
      storedBy: z.string(),
      since: InstantText,
    }),
  ),
}).meta({ id: "ConnectionDetail" });
export type ConnectionDetail = z.infer<typeof ConnectionDetail>;
