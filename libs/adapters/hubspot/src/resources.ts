import { type Clock, type Instant, instant } from "@tandem/kernel";
import type { OperationVerb } from "@tandem/domain/plan";
import type { Listing, VendorObject, VendorResources, WriteTarget } from "@tandem/ports/vendor-resources";
import type { HubspotClient, HubspotRequests } from "./client.ts";
import { descriptor } from "./descriptor.ts";
import { type Found, idOf, type KindLife } from "./kind-life.ts";
import { pipelineLife } from "./pipelines.ts";
import { propertyGroupLife } from "./property-groups.ts";
import { propertyLife } from "./properties.ts";
import { refusal } from "./refusal.ts";

const LIVES: Readonly<Record<string, KindLife>> = {
  "crm.property-group": propertyGroupLife,
  "crm.property": propertyLife,
  "crm.pipeline": pipelineLife,
};

/** The life of property groups, properties and pipelines. */
export function hubspotResources(client: HubspotClient, clock: Clock): VendorResources {
  const stamped = (found: Found): VendorObject => toObject(found, instant(clock.now()));
  return {
    read: (kind, externalId) =>
      client.run(`read ${kind}`, async (requests) => {
        const found = await lifeOf(kind).read(requests, externalId);
        return found === null ? null : stamped(found);
      }),
    findByKey: (kind, externalKey): Promise<Listing<VendorObject>> =>
      client.run(`find ${kind}`, async (requests) => ({
        items: (await lifeOf(kind).find(requests, externalKey)).map(stamped),
        complete: true,
      })),
    write: (verb, target) =>
      client.run(`${verb} ${target.kind}`, async (requests) => {
        const written = await writeOnce(verb, target, requests);
        return written === null ? null : stamped(written);
      }),
    reached: (verb, target, found) => {
      if (verb === "delete") return found === null;
      if (found === null || found.externalKey !== target.externalKey) return false;
      return verb === "create" || lifeOf(target.kind).holds(found.fields, target.fields ?? {});
    },
  };
}

function writeOnce(verb: OperationVerb, target: WriteTarget, requests: HubspotRequests): Promise<Found | null> {
  const life = lifeOf(target.kind);
  requireFields(verb, target);
  if (verb === "create") return life.create(requests, target);
  if (verb === "update") return life.update(requests, target);
  if (verb === "delete") return life.remove(requests, idOf(target));
  throw refusal("resources", "invalid", `a ${target.kind} has no \`${verb}\``);
}

function lifeOf(kind: string): KindLife {
  const life = Object.hasOwn(LIVES, kind) ? LIVES[kind] : undefined;
  if (life === undefined) throw refusal("resources", "invalid", `there is no kind ${kind}`);
  return life;
}

/** Refuses what the kind's schema does not allow before anything is sent. */
function requireFields(verb: OperationVerb, target: WriteTarget): void {
  if (verb !== "create" && verb !== "update") return;
  const schema = descriptor.resources.find(({ kind }) => kind === target.kind)?.fields;
  const problems = schema
    ?.safeParse(target.fields)
    .error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (problems !== undefined) throw refusal(`${verb} ${target.kind}`, "invalid", problems.join("; "));
}

const toObject = (found: Found, readAt: Instant): VendorObject => ({
  ...found,
  version: null,
  published: true,
  readAt,
});
