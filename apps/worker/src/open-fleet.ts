import { descriptors } from "@tandem/catalog";
import { carriers } from "@tandem/catalog/inbound";
import type { WorkerConfig } from "@tandem/config";
import { type CompileMember, FleetRunner } from "@tandem/engine";
import { type Manifest, manifestFromContent } from "@tandem/domain/manifest";
import { AppError, type Diagnostic, type Json } from "@tandem/kernel";
import { compileAtDesk } from "@tandem/ports/release-desk";
import { openFleetWork } from "@tandem/store";
import type { Logger } from "@tandem/telemetry";

const CATALOG = { descriptors, carriers };
/** Diagnostics named to a member's tenant. */
const MOST_NAMED = 5;

/** What moves fleet rollouts on, with its own door to the database. `ring`: tells the engine that a rollout has begun. */
export function openFleet(
  config: WorkerConfig,
  {
    workerId,
    log,
    ring,
  }: {
    readonly workerId: string;
    readonly log: Logger;
    readonly ring: (tenantId: string, deploymentId: string) => void;
  },
): { readonly runner: FleetRunner; close(): Promise<void> } {
  const work = openFleetWork({ url: config.databaseUrl, applicationName: "tandem-worker", maxConnections: 4 });
  const runner = new FleetRunner({
    work,
    workerId,
    log,
    ring,
    leaseMs: config.leaseMs,
    concurrency: 4,
    compile: memberCompiler(config),
  });
  return { runner, close: () => work.close() };
}

/** Releases as the API makes them. The manifest is the same for all members and is read once. */
export function memberCompiler(ingress: Pick<WorkerConfig, "publicUrl" | "fallbackUrl">): CompileMember {
  let known: { readonly hash: string; readonly manifest: Manifest } | null = null;
  return ({ deployment, overlays, connections }, { hash, content }) => {
    if (known?.hash !== hash) known = { hash, manifest: requireManifest(content) };
    const { manifest } = known;
    const compiled = compileAtDesk(CATALOG, {
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
