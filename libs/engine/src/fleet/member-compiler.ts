import { type Manifest, manifestFromContent } from "@tandem/domain/manifest";
import { AppError, type Diagnostic, type Json } from "@tandem/kernel";
import { compileAtDesk, type IngressBase, type VendorCatalog } from "@tandem/ports/release-desk";
import type { CompileMember } from "./begin-member.ts";

/** Diagnostics named to a member's tenant. */
const MOST_NAMED = 5;

/** Makes members' releases as the API makes them. The manifest is the same for all members of a fleet rollout and is read once. */
export function memberCompiler(catalog: VendorCatalog, ingress: IngressBase): CompileMember {
  let known: { readonly hash: string; readonly manifest: Manifest } | null = null;
  return ({ deployment, overlays, connections }, { hash, content }) => {
    if (known?.hash !== hash) known = { hash, manifest: requireManifest(content) };
    const { manifest } = known;
    const compiled = compileAtDesk(catalog, {
      manifest,
      manifestHash: hash,
      deployment,
      overlays,
      connections,
      ingress,
    });
    return compiled.ok ? compiled : { ok: false, detail: proseOf(compiled.diagnostics) };
  };
}

function requireManifest(content: Json): Manifest {
  const parsed = manifestFromContent(content);
  if (!parsed.ok) throw new AppError("manifest_invalid", proseOf(parsed.diagnostics));
  return parsed.manifest;
}

const proseOf = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .slice(0, MOST_NAMED)
    .map(({ path, detail, fix }) => `${path}: ${detail} ${fix}`)
    .join(" ");
