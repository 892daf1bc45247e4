import { contentHash, type Diagnostic, hasErrors, type Json } from "@tandem/kernel";
import { suggestion } from "./closest-name.ts";
import { checkManifest } from "./check-manifest.ts";
import { foldFiles } from "./fold-files.ts";
import { type Manifest, ManifestDocument } from "./manifest.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { Path } from "./path.ts";
import { maxDiagnostics, schemaDiagnostics } from "./schema-diagnostics.ts";
import { nodeAt, positionOf, toJson, type YamlNode } from "./yaml-node.ts";

/** A manifest with the hash of its content, or nothing; the diagnostics hold everything wrong (errors) or doubtful (warnings). */
export type ParsedManifest =
  | {
      readonly ok: true;
      readonly manifest: Manifest;
      readonly hash: string;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const refused = (diagnostics: readonly Diagnostic[]): ParsedManifest => ({
  ok: false,
  diagnostics: diagnostics.slice(0, maxDiagnostics),
});

/**
 * Reads a playbook: `files` maps paths relative to the playbook's folder (`manifest.yaml`, `prompts/persona.md`, `smoke/answer.yaml`)
 * to their texts. `folder` is only put before the file names in diagnostics, e.g. `playbooks/lead-qualifier/`. Never throws.
 */
export function parseManifest(files: ReadonlyMap<string, string>, folder = ""): ParsedManifest {
  const text = files.get("manifest.yaml");
  if (text === undefined) return refused([noManifest(files)]);
  const { root, diagnostics } = parseYaml(`${folder}manifest.yaml`, text);
  if (root === null) return refused(diagnostics);
  const folded = foldFiles(root, files, folder);
  const found = [...diagnostics, ...folded.diagnostics];
  const result = checkDocument(folded.root);
  const all = [...found, ...result.diagnostics];
  return result.manifest === null || hasErrors(all)
    ? refused(all)
    : { ok: true, manifest: result.manifest, hash: hashOf(result.manifest), diagnostics: all };
}

/** Reads a manifest that was stored as JSON with its files folded in; same checks, without positions. */
export function manifestFromContent(content: Json): ParsedManifest {
  const parsed = ManifestDocument.safeParse(content, { reportInput: false });
  if (!parsed.success) return refused(schemaDiagnostics(parsed.error, { schema: ManifestDocument, value: content }));
  const manifest = parsed.data as unknown as Manifest;
  const diagnostics = checkManifest(manifest);
  return hasErrors(diagnostics) ? refused(diagnostics) : { ok: true, manifest, hash: hashOf(manifest), diagnostics };
}

/** Hash of a manifest's content: what `release.playbook.manifestHash` and the stored version carry. */
const hashOf = (manifest: Manifest): string => contentHash(manifest as unknown as Json);

function checkDocument(root: YamlNode): { manifest: Manifest | null; diagnostics: readonly Diagnostic[] } {
  const value = toJson(root);
  const parsed = ManifestDocument.safeParse(value);
  if (!parsed.success)
    return {
      manifest: null,
      diagnostics: schemaDiagnostics(parsed.error, {
        schema: ManifestDocument,
        value,
        positionOf: (path) => positionOf(root, path),
        plainTextAt: (path) => plainTextAt(root, path),
      }),
    };
  const manifest = parsed.data as unknown as Manifest;
  return { manifest, diagnostics: checkManifest(manifest, (path) => positionOf(root, path)) };
}

function plainTextAt(root: YamlNode, path: Path): string | null {
  const node = nodeAt(root, path);
  return node?.kind === "scalar" && node.isPlain ? node.raw.trim() : null;
}

function noManifest(files: ReadonlyMap<string, string>): Diagnostic {
  const fix = `Create it with the playbook's document. ${suggestion("manifest.yaml", files.keys())}`.trim();
  return {
    severity: "error",
    code: "missing-file",
    summary: "The playbook has no manifest.",
    detail: "There is no `manifest.yaml` in the folder.",
    path: "",
    fix,
  };
}
