import { canonicalJson, type JsonObject } from "@tandem/kernel";
import type { WriteTarget } from "@tandem/ports/vendor-resources";
import type { z } from "zod";
import type { HubspotApi, HubspotRequests } from "./client.ts";
import { CrmObject, type PropertyFields } from "./descriptor.ts";
import { declaredName, vendorGroupName } from "./property-groups.ts";
import { isConflict, nullWhenGone, refusal } from "./refusal.ts";
import { type Found, idOf, type KindLife } from "./kind-life.ts";
import { WireProperties, WireProperty } from "./wire.ts";

type Fields = z.infer<typeof PropertyFields> & { readonly label: string };
type PropertyCreate = Parameters<HubspotApi["properties"]["create"]>[1];
type PropertyUpdate = Parameters<HubspotApi["properties"]["update"]>[2];

const TAG = /\[tandem:([0-9a-v]{26})\]\s*$/u;

/** The property's description is ours: it says who made it and carries the key. */
const descriptionOf = (key: string): string => `Kept by Tandem; do not change this line. [tandem:${key}]`;

/** `contacts/tandem_test`: names are unique within an object. */
const externalIdOf = (object: string, name: string): string => `${object}/${name}`;

function parts(externalId: string): { readonly object: string; readonly name: string } {
  const [object = "", name = ""] = externalId.split("/", 2);
  return { object, name };
}

function foundOf(object: string, property: WireProperty): Found {
  const options = property.options
    .filter((option) => option.hidden !== true)
    .toSorted((one, other) => (one.displayOrder ?? 0) - (other.displayOrder ?? 0))
    .map(({ label, value }) => ({ label, value }));
  const { name, label, type, fieldType, hasUniqueValue: hasUnique = false } = property;
  const group = declaredName(property.groupName);
  const fields: JsonObject = { object, name, label, type, fieldType, group, options, hasUnique };
  return {
    externalId: externalIdOf(object, name),
    externalKey: TAG.exec(property.description ?? "")?.[1] ?? null,
    fields,
  };
}

const readProperty = (requests: HubspotRequests, externalId: string): Promise<Found | null> => {
  const { object, name } = parts(externalId);
  return requests
    .read(
      (api) => api.properties.getByName(object, name),
      (answer) => foundOf(object, WireProperty.parse(answer)),
    )
    .catch(nullWhenGone);
};

/** Properties of contacts and deals. */
export const propertyLife: KindLife = {
  read: readProperty,
  async find(requests, externalKey) {
    const listings = await Promise.all(
      CrmObject.options.map((object) =>
        requests.read(
          (api) => api.properties.getAll(object),
          (answer) => WireProperties.parse(answer).results.map((property) => foundOf(object, property)),
        ),
      ),
    );
    return listings.flat().filter((found) => found.externalKey === externalKey);
  },
  async create(requests, target) {
    const fields = target.fields as unknown as Fields;
    const groupName = await vendorGroupName(requests, fields.object, fields.group);
    try {
      return await requests.write(
        (api) =>
          api.properties.create(fields.object, {
            ...definition(target, groupName),
            name: fields.name,
            hasUniqueValue: fields.hasUnique,
          } as PropertyCreate),
        (answer) => foundOf(fields.object, WireProperty.parse(answer)),
      );
    } catch (error) {
      if (!isConflict(error)) throw error;
      return existingOwn(requests, target);
    }
  },
  /** Options only grow: one that records hold must not vanish under the other slot. */
  async update(requests, target) {
    const { object, name } = parts(idOf(target));
    const present = await requests.read(
      (api) => api.properties.getByName(object, name),
      (answer) => WireProperty.parse(answer),
    );
    const groupName = await vendorGroupName(requests, object, (target.fields as unknown as Fields).group);
    const kept = present.options.map(({ label, value }) => ({ label, value }));
    return requests.write(
      (api) => api.properties.update(object, name, definition(target, groupName, kept) as PropertyUpdate),
      (answer) => foundOf(object, WireProperty.parse(answer)),
    );
  },
  async remove(requests, externalId) {
    const existing = await readProperty(requests, externalId);
    if (existing === null) return null;
    if (existing.externalKey === null)
      throw refusal("delete crm.property", "invalid", "that property was not made by Tandem");
    const { object, name } = parts(externalId);
    return requests
      .write(
        (api) => api.properties.archive(object, name),
        () => null,
      )
      .catch(nullWhenGone);
  },
  holds(found, wanted) {
    const { options: present, ...rest } = found as unknown as Fields;
    const { options, ...others } = wanted as unknown as Fields;
    const labels = new Map(present.map((option) => [option.value, option.label]));
    return (
      canonicalJson(rest) === canonicalJson(others) &&
      options.every((option) => labels.get(option.value) === option.label)
    );
  },
};

type Option = Fields["options"][number];

/** What create and update have in common; wanted options first, then those that are there already. */
function definition(target: WriteTarget, groupName: string, present: readonly Option[] = []) {
  const { label, type, fieldType, options } = target.fields as unknown as Fields;
  const wanted = new Set(options.map((option) => option.value));
  const all = [...options, ...present.filter((option) => !wanted.has(option.value))];
  return {
    label,
    type,
    fieldType,
    groupName,
    description: descriptionOf(target.externalKey),
    formField: false,
    options: all.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
  };
}

/** The name is taken: by our own earlier create (which is then done), or by somebody else's property, which is never taken over. */
async function existingOwn(requests: HubspotRequests, target: WriteTarget): Promise<Found> {
  const { object, name } = target.fields as unknown as Fields;
  const existing = await readProperty(requests, externalIdOf(object, name));
  if (existing?.externalKey === target.externalKey) return existing;
  const message = `${object} have a property \`${name}\` already that this resource did not make; choose another name`;
  throw refusal("create crm.property", "conflict", message);
}
