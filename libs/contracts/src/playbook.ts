import { z } from "zod";
import { InstantText, JsonValue } from "./json.ts";
import { ManifestSummary } from "./manifest.ts";
import { pageOf } from "./page.ts";

const Playbook = z
  .object({
    name: z.string(),
    title: z.string(),
    summary: z.string(),
    lastVersion: z.string().describe("The version published last."),
    lastPublishedAt: InstantText,
    versions: z.int(),
    isLibrary: z.boolean(),
    deployments: z.int().describe("Deployments of the tenant that are made for it."),
  })
  .meta({ id: "Playbook" });
export const PlaybookPage = pageOf("PlaybookPage", Playbook);

export const PlaybookVersions = z
  .object({
    name: z.string(),
    versions: z
      .array(
        ManifestSummary.extend({
          deployments: z.int().describe("Deployments whose calls it takes, in all tenants of whoever asks."),
        }),
      )
      .describe("The highest first; 200 at most."),
  })
  .meta({ id: "PlaybookVersions" });

/** No `.meta({ id })`: it is a query. */
export const CompareQuery = z.strictObject({ from: z.string().min(1).max(60), to: z.string().min(1).max(60) });
export type CompareQuery = z.infer<typeof CompareQuery>;

export const ManifestComparison = z
  .object({
    playbook: z.string(),
    from: ManifestSummary,
    to: ManifestSummary,
    differences: z
      .array(z.object({ path: z.string(), code: z.string(), isBreaking: z.boolean(), detail: z.string() }))
      .describe("What matters to whoever runs the older one."),
    breakingChanges: z
      .array(z.object({ since: z.string(), summary: z.string(), migration: z.string() }))
      .describe("What the author says about versions on the way."),
    changes: z
      .array(
        z.object({
          path: z.string(),
          section: z.string().describe("Member of the manifest."),
          change: z.enum(["added", "removed", "changed"]),
          before: JsonValue,
          after: JsonValue,
        }),
      )
      .describe("Every place at which they differ."),
  })
  .meta({ id: "ManifestComparison" });
