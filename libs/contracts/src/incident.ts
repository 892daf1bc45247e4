import { Evidence, FigureName, HealthWord, Incident, incidentEvents, Severity, Stack } from "@tandem/domain/incident";
import { z } from "zod";
import { InstantText, JsonMembers } from "./json.ts";
import { PageQuery, pageOf, queryInteger } from "./page.ts";

/** No `.meta({ id })`: it is a query. */
export const HealthQuery = z.strictObject({
  windowMinutes: queryInteger(1, 24 * 60)
    .default(15)
    .describe("How far back. The latest 500 calls of it are read."),
});
export type HealthQuery = z.infer<typeof HealthQuery>;

const HealthFigure = z
  .object({
    name: FigureName,
    meaning: z.string(),
    count: z.int(),
    of: z.int().describe("What it is a share of; 0: nothing of the window speaks of it."),
    unit: z.enum(["calls", "turns", "objects"]),
    degradedAbove: z.number().describe("Share above which the stack is degraded."),
    failingAbove: z.number().describe("Share above which it is failing, from `failingFrom` on."),
    failingFrom: z.int(),
    word: HealthWord,
  })
  .meta({ id: "HealthFigure" });

/** No `.meta({ id })`: it is a query. */
export const HealthSeriesQuery = z.strictObject({
  windowMinutes: queryInteger(1, 24 * 60)
    .default(15)
    .describe("Length of each window."),
  windows: queryInteger(2, 24).default(12),
  to: InstantText.optional().describe("End of the last window; now when left out."),
});
export type HealthSeriesQuery = z.infer<typeof HealthSeriesQuery>;

export const HealthSeries = z
  .object({
    deploymentId: z.uuid(),
    windowMinutes: z.int(),
    windows: z
      .array(
        z.object({
          from: InstantText,
          to: InstantText,
          calls: z.int().describe("Live calls in the window; the newest 100 of them are read."),
          stacks: z.array(
            z.object({
              stack: Stack,
              word: HealthWord,
              figures: z.array(z.object({ name: FigureName, count: z.int(), of: z.int() })),
            }),
          ),
        }),
      )
      .describe("Oldest first. Without drift and the safety net, of which only the present is known."),
  })
  .meta({ id: "HealthSeries" });
export type HealthSeries = z.infer<typeof HealthSeries>;

const StackChange = z
  .object({
    at: InstantText,
    rolloutId: z.uuid().nullable(),
    cause: z.string().describe("Of the pointer's move: `switch`, `shift`, `rollback` …"),
    release: z.string(),
    playbook: z.string().nullable(),
  })
  .meta({ id: "StackChange" });

export const DeploymentHealth = z
  .object({
    deploymentId: z.uuid(),
    from: InstantText,
    to: InstantText,
    calls: z.int().describe("Live calls in the window."),
    stacks: z.array(
      z.object({
        stack: Stack,
        word: HealthWord,
        figures: z.array(HealthFigure),
        lastChange: StackChange.nullable().describe(
          "The latest release that differs from the one before in a part of this stack; null: none of the latest moves.",
        ),
        runbook: z.string().describe("In the documentation."),
      }),
    ),
  })
  .meta({ id: "DeploymentHealth" });
export type DeploymentHealth = z.infer<typeof DeploymentHealth>;

const IncidentView = z
  .object({
    id: z.uuid(),
    deploymentId: z.uuid(),
    deploymentName: z.string(),
    openedStack: Stack.nullable(),
    openedBy: z.string(),
    diagnosisDueAt: InstantText.nullable().describe("Of the stack under diagnosis."),
    ...Incident.shape,
  })
  .meta({ id: "Incident" });
export { IncidentView as Incident };
export const IncidentPage = pageOf("IncidentPage", IncidentView);

/** What an incident looks like with its story. */
export const IncidentDetail = z
  .object({
    ...IncidentView.shape,
    events: z.array(
      z.object({
        seq: z.int(),
        at: InstantText,
        type: z.enum(incidentEvents),
        actor: z.string(),
        payload: JsonMembers.describe(
          "What was said, with the evidence; figures are those of the moment they were attached.",
        ),
      }),
    ),
  })
  .meta({ id: "IncidentDetail" });
export type IncidentDetail = z.infer<typeof IncidentDetail>;

export const IncidentQuery = z.strictObject({
  ...PageQuery.shape,
  state: z.enum(["unresolved", "resolved"]).optional(),
  deployment: z.string().max(160).optional().describe("Id or name."),
});
export type IncidentQuery = z.infer<typeof IncidentQuery>;

const words = z.string().min(1).max(2000);
const evidence = z.array(Evidence).max(10).default([]).describe("Calls, operations, the figures of the moment, words.");

export const OpenIncident = z
  .strictObject({
    severity: Severity,
    summary: z.string().min(1).max(500),
    stack: Stack.optional().describe("Suspected."),
  })
  .meta({ id: "OpenIncident" });
export type OpenIncident = z.infer<typeof OpenIncident>;

export const SuspectStack = z
  .strictObject({ stack: Stack, note: words.optional(), evidence })
  .meta({ id: "SuspectStack" });
export const ClearStack = z.strictObject({ stack: Stack, note: words.optional(), evidence }).meta({ id: "ClearStack" });
export const ConcludeStack = z.strictObject({ stack: Stack, cause: words, evidence }).meta({ id: "ConcludeStack" });
export const ChangeSeverity = z.strictObject({ severity: Severity, reason: words }).meta({ id: "ChangeSeverity" });
export const AddNote = z.strictObject({ text: words, evidence }).meta({ id: "AddNote" });
export const ResolveIncident = z
  .strictObject({
    resolution: words,
    withoutCause: z.boolean().default(false).describe("It ended, and no stack was concluded."),
  })
  .meta({ id: "ResolveIncident" });
export type IncidentEvidence = z.infer<typeof Evidence>;
