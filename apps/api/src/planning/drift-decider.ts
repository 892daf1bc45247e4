import { Inject, Injectable } from "@nestjs/common";
import type { DecideDrift, DriftDecided } from "@tandem/contracts";
import { adoptionOf, driftHash, isAstray, placeOf, type ResourceDrift } from "@tandem/domain/drift";
import { manifestForAgent, manifestFromContent } from "@tandem/domain/manifest";
import type { ReleaseBundle } from "@tandem/domain/release";
import { AppError, type Json } from "@tandem/kernel";
import type { Actor, ControlStore, DeploymentDetail } from "@tandem/ports/store/control";
import type { DriftWish } from "@tandem/ports/store/drift";
import type { OpenDoorbell } from "@tandem/queue";
import { permissions } from "../auth/permission.ts";
import { invalidManifest } from "../problem/invalid-input.ts";
import { DOORBELL, STORE } from "../tokens.ts";
import { ReleaseCompiler } from "./release-compiler.ts";

const LONGEST_IGNORE_MS = 366 * 86_400_000;

const refusal = (reason: string, message: string, details: Record<string, Json> = {}): AppError =>
  new AppError("drift_refused", message, { details: { reason, ...details } });

/** Turns what a person wants done about a drifted object into a decision, or says why it cannot be and what can. */
@Injectable()
export class DriftDecider {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
    private readonly compiler: ReleaseCompiler,
  ) {}

  async decide(
    actor: Actor,
    deployment: DeploymentDetail,
    body: DecideDrift,
  ): Promise<Omit<DriftDecided, "decision"> & { decision: Awaited<ReturnType<ControlStore["decideDrift"]>> }> {
    const resource = await this.find(actor, deployment, body);
    switch (body.answer) {
      case "ignore":
        return this.ignore(actor, deployment, { body, resource });
      case "adopt":
        return this.adopt(actor, deployment, { body, resource });
      case "revert":
        return this.revert(actor, deployment, { body, resource });
    }
  }

  /** The object as the latest look found it: astray, or there is nothing to decide. */
  private async find(actor: Actor, deployment: DeploymentDetail, body: DecideDrift): Promise<ResourceDrift> {
    const look = (await this.store.drift(actor, deployment.id))?.look ?? null;
    if (look === null) throw refusal("never-looked", "Nobody has looked for drift here yet: look first.");
    const slots = body.slot === undefined ? [deployment.pointer.active, null] : [body.slot];
    const found = look.resources.find(({ address, slot }) => address === body.address && slots.includes(slot));
    if (found === undefined)
      throw new AppError("not_found", `There is no ${body.address} among the objects of the latest look.`);
    if (found.state === "unknown")
      throw refusal("not-known", `It could not be read at the last look (${found.detail ?? "unknown"}): look again.`);
    if (!isAstray(found)) throw refusal("not-drifted", `${placeOf(found)} was as applied at the last look.`);
    return found;
  }

  private async ignore(
    actor: Actor,
    deployment: DeploymentDetail,
    { body, resource }: { body: DecideDrift & { answer: "ignore" }; resource: ResourceDrift },
  ) {
    const paths = pathsOf(resource, body.paths);
    const leftMs = Date.parse(body.until) - Date.now();
    if (leftMs <= 0 || leftMs > LONGEST_IGNORE_MS)
      throw new AppError("invalid_input", "`until` must lie ahead, by a year at the most.", {
        details: { field: "until" },
      });
    const until = new Date(body.until).toISOString();
    const decision = await this.store.decideDrift(actor, deployment.id, {
      ...wishOf(resource, body),
      paths,
      until,
    });
    return {
      decision,
      effect: `Until ${until} this drift neither warns nor is told. A rollout still writes what the release declares.`,
    };
  }

  private async adopt(
    actor: Actor,
    deployment: DeploymentDetail,
    { body, resource }: { body: DecideDrift & { answer: "adopt" }; resource: ResourceDrift },
  ) {
    if (!(actor.roles as readonly string[]).some((role) => (permissions.edit as readonly string[]).includes(role)))
      throw new AppError("forbidden", "Adopting changes the configuration of the deployment.", {
        details: { allowed: [...permissions.edit] },
      });
    const paths = pathsOf(resource, body.paths);
    const { bundle, applied } = await this.origin(actor, deployment, resource);
    const manifest = await this.manifest(actor, bundle);
    const adoption = adoptionOf({ manifest, resource, applied, paths });
    if (!adoption.isPossible)
      throw refusal(
        "no-parameter",
        `No parameter of ${manifest.name} produces this: ${adoption.refusals.map(({ path, why }) => `${path}: ${why}`).join("; ")}.`,
        { refusals: adoption.refusals.map((one) => ({ ...one })), alternatives: ["revert", "ignore"] },
      );
    const values = { ...deployment.overlay, ...adoption.values };
    await this.compiler.compile(actor, { ...deployment, overlay: values }, bundle.playbook.manifestHash);
    const decision = await this.store.decideDrift(actor, deployment.id, {
      ...wishOf(resource, body),
      paths,
      until: null,
      adoptedHash: driftHash(resource),
      overlay: { values, expectedVersion: deployment.configVersion },
    });
    return {
      decision,
      effect: `${Object.keys(adoption.values).join(", ")} now stands in the deployment's overlay. Nothing was written at the vendor: the next rollout carries it.`,
      parameters: adoption.values,
      alsoFeeds: [...adoption.alsoFeeds],
    };
  }

  private async revert(
    actor: Actor,
    deployment: DeploymentDetail,
    { body, resource }: { body: DecideDrift & { answer: "revert" }; resource: ResourceDrift },
  ) {
    const { active } = deployment.pointer;
    const hash = active === "none" ? null : deployment.slots[active].bundleHash;
    const bundle = hash === null ? null : await this.store.release(actor, hash);
    if (hash === null || bundle === null)
      throw refusal("nothing-live", "No release is live here: a rollout writes everything anyway.");
    const { planId } = await this.store.requestPlan(actor, { deploymentId: deployment.id, bundle, bundleHash: hash });
    await this.doorbell.ringForCommands();
    const decision = await this.store.decideDrift(actor, deployment.id, {
      ...wishOf(resource, body),
      paths: resource.changed,
      until: null,
      planId,
    });
    return { decision, effect: `${howItGoesBack(resource, active)} Start the rollout from plan ${planId}.` };
  }

  /** The release that the object belongs to, and what we last wrote. */
  private async origin(actor: Actor, deployment: DeploymentDetail, resource: ResourceDrift) {
    const view = await this.store.view(actor, deployment.id);
    const slot = resource.slot ?? deployment.pointer.active;
    const hash = slot === "none" ? null : (view?.slots[slot].bundleHash ?? null);
    const bundle = hash === null ? undefined : view?.bundles[hash];
    const applied = view?.bindings.find((one) => placeOf(one) === placeOf(resource))?.lastApplied ?? null;
    if (bundle === undefined || applied === null)
      throw refusal("not-known", `What was last applied to ${placeOf(resource)} is not known: look again.`);
    return { bundle, applied };
  }

  private async manifest(actor: Actor, bundle: ReleaseBundle) {
    const version = await this.store.manifest(actor, bundle.playbook.manifestHash);
    if (version === null) throw new AppError("not_found", "The manifest of this release is not kept.");
    const parsed = manifestFromContent(version.content);
    if (!parsed.ok) throw invalidManifest(parsed.diagnostics);
    return manifestForAgent(parsed.manifest, bundle.agent.kind);
  }
}

const wishOf = (
  { address, slot }: ResourceDrift,
  { answer, reason }: DecideDrift,
): Pick<DriftWish, "address" | "slot" | "answer" | "reason"> => ({ address, slot, answer, reason });

/** What a decision is about: named paths, each of which holds something that drifted, or all that drifted. */
function pathsOf(resource: ResourceDrift, named: readonly string[] | undefined): readonly string[] {
  if (resource.state === "missing")
    throw refusal("object-missing", `${placeOf(resource)} is gone at the vendor: revert makes it anew.`, {
      alternatives: ["revert"],
    });
  const stray = named?.find(
    (path) => !resource.changed.some((one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`)),
  );
  if (stray !== undefined)
    throw refusal("not-drifted", `${placeOf(resource)} has not drifted at ${stray}.`, {
      drifted: [...resource.changed],
    });
  return named ?? resource.changed;
}

/** A slot that takes calls is never written to: what goes back, and when. */
function howItGoesBack({ owner, kind, slot, state }: ResourceDrift, active: string): string {
  if (kind === "telephony.number") return "The rollout points the number back at our ingress when it switches.";
  if (owner !== "slot")
    return state === "missing"
      ? "It exists once: the rollout makes it anew at apply."
      : "It exists once: the rollout adds what is missing at apply, and sets what was changed back at retire, after bake.";
  return slot === active
    ? `Nothing is written to ${active} while it takes calls: the rollout fills the other slot with the same release and switches to it.`
    : `The rollout writes the whole of ${slot ?? "the slot"} anew before it switches to it.`;
}
