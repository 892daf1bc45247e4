import { checkVersionStep, type Manifest, manifestFromContent, parseManifest } from "@tandem/domain/manifest";
import { type Diagnostic, hasErrors, type Json } from "@tandem/kernel";
import { invalidManifest } from "../problem/invalid-input.ts";

type Files = Readonly<Record<string, string>>;

const parse = (files: Files) => parseManifest(new Map(Object.entries(files)));

/** Every diagnostic of a playbook folder; publishes nothing. */
export function checkManifest(files: Files): {
  valid: boolean;
  hash: string | null;
  diagnostics: readonly Diagnostic[];
} {
  const parsed = parse(files);
  return { valid: parsed.ok, hash: parsed.ok ? parsed.hash : null, diagnostics: parsed.diagnostics };
}

/** A publishable manifest; throws `manifest_invalid` with every place. */
export function requireManifest(files: Files): { hash: string; playbook: string; version: string; content: Json } {
  const parsed = parse(files);
  if (!parsed.ok) throw invalidManifest(parsed.diagnostics);
  const manifest: Manifest = parsed.manifest;
  return {
    hash: parsed.hash,
    playbook: manifest.name,
    version: manifest.version,
    content: manifest as unknown as Json,
  };
}

/** Throws `manifest_invalid` when the version hides a breaking change. A published manifest that this version can no longer read is not compared. */
export function requireHonestVersion(previous: Json, next: Json): void {
  const [before, after] = [manifestFromContent(previous), manifestFromContent(next)];
  if (!before.ok || !after.ok) return;
  const diagnostics = checkVersionStep(before.manifest, after.manifest);
  if (hasErrors(diagnostics)) throw invalidManifest(diagnostics);
}
