import type { z } from "zod";
import { canonicalJson } from "@tandem/kernel";
import type { HubspotRequests } from "./client.ts";
import { CrmObject, type PropertyGroupFields } from "./descriptor.ts";
import { isConflict, nullWhenGone, refusal } from "./refusal.ts";
import { type Found, idOf, type KindLife } from "./kind-life.ts";
import { WireGroup, WireGroups } from "./wire.ts";

type Fields = z.infer<typeof PropertyGroupFields> & { readonly label: string };

const OWN_NAME = /^(.+)_(contacts|deals)_([0-9a-v]{26})$/u;

/** A group has no field of ours, so its internal name carries object and key. People see the label only. */
const vendorName = (fields: Fields, key: string): string => `${fields.name}_${fields.object}_${key}`;

function foundOf(group: WireGroup): Found | null {
  const own = OWN_NAME.exec(group.name);
  if (own === null) return null;
  const [, name = "", object = "", key = ""] = own;
  return { externalId: group.name, externalKey: key, fields: { object, name, label: group.label } };
}

/** Property groups. */
export const propertyGroupLife: KindLife = {
  async read(requests, externalId) {
    const object = OWN_NAME.exec(externalId)?.[2];
    if (object === undefined) return null;
    return requests
      .read(
        (api) => api.groups.getByName(object, externalId),
        (answer) => foundOf(WireGroup.parse(answer)),
      )
      .catch(nullWhenGone);
  },
  async find(requests, externalKey) {
    const listings = await Promise.all(
      CrmObject.options.map((object) =>
        requests.read(
          (api) => api.groups.getAll(object),
          (answer) => WireGroups.parse(answer),
        ),
      ),
    );
    return listings
      .flatMap(({ results }) => results.map(foundOf))
      .filter((found): found is Found => found?.externalKey === externalKey)
      .toSorted((one, other) => one.externalId.localeCompare(other.externalId));
  },
  async create(requests, target) {
    const fields = target.fields as unknown as Fields;
    const name = vendorName(fields, target.externalKey);
    try {
      return await requests.write(
        (api) => api.groups.create(fields.object, { name, label: fields.label, displayOrder: -1 }),
        (answer) => requireOwn(WireGroup.parse(answer)),
      );
    } catch (error) {
      if (!isConflict(error)) throw error;
      const existing = await this.read(requests, name);
      if (existing === null) throw error;
      return existing;
    }
  },
  update: (requests, target) => {
    const fields = target.fields as unknown as Fields;
    return requests.write(
      (api) => api.groups.update(fields.object, idOf(target), { label: fields.label }),
      (answer) => requireOwn(WireGroup.parse(answer)),
    );
  },
  remove: async (requests, externalId) => {
    const object = OWN_NAME.exec(externalId)?.[2];
    if (object === undefined)
      throw refusal("delete crm.property-group", "invalid", "that group was not made by Tandem");
    return requests
      .write(
        (api) => api.groups.archive(object, externalId),
        () => null,
      )
      .catch(nullWhenGone);
  },
  holds: (found, wanted) => canonicalJson(found) === canonicalJson(wanted),
};

function requireOwn(group: WireGroup): Found {
  const found = foundOf(group);
  if (found === null) throw new SyntaxError("the group came back under another name");
  return found;
}

/** The name by which properties call a group: what was declared, for a group of ours. */
export const declaredName = (name: string): string => OWN_NAME.exec(name)?.[1] ?? name;

/** The vendor's name of a group that a property calls by its declared name; the name itself when there is no such group of ours. */
export async function vendorGroupName(requests: HubspotRequests, object: string, name: string): Promise<string> {
  const { results } = await requests.read(
    (api) => api.groups.getAll(object),
    (answer) => WireGroups.parse(answer),
  );
  const names = results.map((group) => group.name);
  if (names.includes(name)) return name;
  return (
    names.toSorted().find((each) => OWN_NAME.exec(each)?.[1] === name && OWN_NAME.exec(each)?.[2] === object) ?? name
  );
}
