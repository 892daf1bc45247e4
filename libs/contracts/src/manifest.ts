import { z } from "zod";
import { InstantText, JsonValue } from "./json.ts";
import { pageOf } from "./page.ts";

/** The files of a playbook folder as text: `manifest.yaml`, prompts and smoke scenarios by relative path. */
export const PublishManifest = z
  .strictObject({
    files: z.record(z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/, "must be a relative path"), z.string().max(262_144)),
  })
  .meta({ id: "PublishManifest" });
export type PublishManifest = z.infer<typeof PublishManifest>;

export const ManifestSummary = z
  .object({
    hash: z.string(),
    playbook: z.string(),
    version: z.string(),
    publishedAt: InstantText,
    publishedBy: z.string(),
    isLibrary: z.boolean(),
  })
  .meta({ id: "ManifestSummary" });
export const ManifestVersion = z
  .object({ ...ManifestSummary.shape, content: JsonValue })
  .meta({ id: "ManifestVersion" });
export const ManifestPage = pageOf("ManifestPage", ManifestSummary);

/** The result of checking a folder without publishing it. */
export const Validation = z
  .object({
    valid: z.boolean(),
    hash: z.string().nullable(),
    diagnostics: z.array(
      z.object({
        severity: z.enum(["error", "warning", "note"]),
        code: z.string(),
        summary: z.string(),
        detail: z.string(),
        path: z.string(),
        fix: z.string(),
        position: z.object({ file: z.string(), line: z.int(), column: z.int() }).optional(),
      }),
    ),
  })
  .meta({ id: "Validation" });

/** Values by parameter name. */
export const OverlayValues = z.record(z.string(), JsonValue);
export const PutOverlay = z.strictObject({ values: OverlayValues }).meta({ id: "PutOverlay" });
export type PutOverlay = z.infer<typeof PutOverlay>;
export const Overlay = z.object({ values: OverlayValues, version: z.int() }).meta({ id: "Overlay" });
