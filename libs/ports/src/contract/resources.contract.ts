import type { JsonObject } from "@tandem/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { driftedFields, type OperationVerb } from "@tandem/domain/plan";
import type { ResourceKind } from "../adapter.ts";
import type { VendorObject, VendorResources, WriteTarget } from "../vendor-resources.ts";
import { type ContractControl, failureOf, LATE_MS, timed, writeFaults } from "./faults.contract.ts";

/** One kind of vendor object to try. */
export interface ResourceSubject {
  readonly resources: VendorResources;
  readonly kind: ResourceKind;
  readonly control: ContractControl;
  /** Vendor's name in the sandbox. */
  readonly vendor: string;
  /** Total deadline that the connection was opened with, milliseconds; at most 1000 keeps the suite quick. */
  readonly deadlineMs: number;
  /** What the vendor is to refuse when revoked; must not appear in errors. */
  readonly credential: string;
  /** Matches path and method of every writing request of this kind, and of no reading one. */
  readonly writes: { readonly method?: string; readonly path: string };
  /** Fields of a new object, different for each number. */
  fields(number: number): JsonObject;
  /** For kinds without `create`: the objects that exist, id and natural key. */
  readonly existing?: { readonly externalId: string; readonly externalKey: string };
  /** Members of the vendor's answers whose content is a document of ours, which it keeps as it was sent. */
  readonly opaque?: readonly string[];
  /** An id of the vendor's form that no object has. */
  readonly unknownId: string;
  /** Fields that the kind's schema refuses. */
  readonly invalidFields: JsonObject;
  close(): Promise<void>;
}

/** What every adapter must do for every kind of object that it declares. */
export function resourcesContract(name: string, open: () => Promise<ResourceSubject>): void {
  describe(`${name} keeps the resources contract`, () => {
    let subject: ResourceSubject;
    beforeAll(async () => void (subject = await open()));
    afterAll(() => subject.close());
    beforeEach(() => subject.control.clearFaults());

    test("an object is written, read, found by its key, changed and removed", () => lifeOf(subject));
    test("what was applied reads clean, also when the vendor shows more than it did, in another order", () =>
      noPhantomDrift(subject));
    test("a key that nothing bears finds nothing, and the listing is whole", async () => {
      expect(await subject.resources.findByKey(subject.kind.kind, keyOf(999))).toEqual({ items: [], complete: true });
    });
    test("an object that does not exist reads as null and cannot be changed", () => missing(subject));
    test("what the schema refuses, an unknown kind and an unknown verb are refused before anything is sent", () =>
      refusals(subject));
    test("one write has one effect", () => oneEffect(subject));
    test.each(writeFaults)("a write meets $name", async ({ fault, reported, hasEffect }) => {
      await writeUnder(subject, { fault, reported, hasEffect });
    });
    test("half a body with proper framing is a broken contract", async () => {
      await strike(subject, { do: "truncate", framing: "intact" });
      const { write } = await firstWrite(subject, 70);
      expect(await failureOf(write(), subject.credential)).toMatchObject({ fault: "contract", effect: "unknown" });
    });
    test("a revoked credential is refused for reads and writes", () => revoked(subject));
    test("a vendor that cannot be reached had no effect", () => lookup(subject));
  });
}

const keyOf = (number: number): string => `k${String(number).padStart(25, "0")}`;

function target(subject: ResourceSubject, number: number, changes: Partial<WriteTarget> = {}): WriteTarget {
  return {
    kind: subject.kind.kind,
    externalKey: subject.existing?.externalKey ?? keyOf(number),
    externalId: subject.existing?.externalId ?? null,
    fields: subject.fields(number),
    label: `contract ${number}`,
    ...changes,
  };
}

/** Makes an object with every verb of `onCreate` (or takes the existing one) and returns its last answer. */
async function make(subject: ResourceSubject, number: number): Promise<VendorObject> {
  const { resources, kind } = subject;
  if (subject.existing !== undefined)
    return (await resources.read(kind.kind, subject.existing.externalId)) as VendorObject;
  let made: VendorObject | null = null;
  for (const verb of kind.onCreate) {
    const write = target(subject, number, {
      externalId: made?.externalId ?? null,
      ...(verb === "publish" ? { fields: null } : {}),
    });
    if (verb === "publish") expect(resources.reached(verb, write, made)).toBe(false);
    made = await resources.write(verb, write);
    expect(resources.reached(verb, write, made)).toBe(true);
  }
  return made as VendorObject;
}

async function lifeOf(subject: ResourceSubject): Promise<void> {
  const { resources, kind } = subject;
  const made = await make(subject, 1);
  if (subject.existing === undefined) {
    expect(made).toMatchObject({ externalKey: keyOf(1), fields: subject.fields(1), published: true });
  }
  expect(await resources.read(kind.kind, made.externalId)).toMatchObject(withoutTime(made));
  const found = await resources.findByKey(kind.kind, target(subject, 1).externalKey);
  expect(found).toMatchObject({ complete: true, items: [withoutTime(made)] });
  if (kind.onUpdate.length > 0) await changeAndCheck(subject, made);
  if (subject.existing === undefined) await removeAndCheck(subject, made);
}

const withoutTime = (object: VendorObject) => ({ ...object, readAt: expect.any(String) });

async function changeAndCheck(subject: ResourceSubject, made: VendorObject): Promise<void> {
  const { resources, kind } = subject;
  const changed = target(subject, 2, { externalKey: made.externalKey ?? "", externalId: made.externalId });
  expect(resources.reached("update", changed, made)).toBe(false);
  for (const verb of kind.onUpdate) {
    const write = verb === "publish" ? { ...changed, fields: null } : changed;
    const before = await resources.read(kind.kind, made.externalId);
    expect(resources.reached(verb, write, before), `${verb} before it was made`).toBe(false);
    await resources.write(verb, write);
    const after = await resources.read(kind.kind, made.externalId);
    expect(resources.reached(verb, write, after), `${verb} after it was made`).toBe(true);
  }
  expect(await resources.read(kind.kind, made.externalId)).toMatchObject({
    fields: subject.fields(2),
    published: true,
  });
}

async function removeAndCheck(subject: ResourceSubject, made: VendorObject): Promise<void> {
  const { resources, kind } = subject;
  const removal = target(subject, 1, { externalId: made.externalId, fields: null });
  expect(resources.reached("delete", removal, made)).toBe(false);
  expect(await resources.write("delete", removal)).toBeNull();
  expect(await resources.read(kind.kind, made.externalId)).toBeNull();
  expect(resources.reached("delete", removal, null)).toBe(true);
  expect((await resources.findByKey(kind.kind, keyOf(1))).items).toEqual([]);
  expect(await resources.write("delete", removal), "deleting what is gone is no error").toBeNull();
}

/** Applied equals observed: after other objects were written, and after the vendor has begun to show defaults of its own. */
async function noPhantomDrift(subject: ResourceSubject): Promise<void> {
  const { resources, kind, control, vendor } = subject;
  const made = await make(subject, 7);
  const applied = (await resources.read(kind.kind, made.externalId))?.fields ?? {};
  if (subject.existing === undefined) await make(subject, 8);
  await control.setFault({ vendor, times: null, fault: { do: "embellish", except: subject.opaque ?? [] } });
  const later = await resources.read(kind.kind, made.externalId);
  expect(driftedFields(applied, later?.fields ?? {})).toEqual([]);
  expect(later).toMatchObject(withoutTime(made));
  expect(await resources.findByKey(kind.kind, target(subject, 7).externalKey)).toMatchObject({
    complete: true,
    items: [{ fields: applied }],
  });
  await control.clearFaults();
}

async function missing(subject: ResourceSubject): Promise<void> {
  const { resources, kind, unknownId, credential } = subject;
  expect(await resources.read(kind.kind, unknownId)).toBeNull();
  for (const verb of kind.onUpdate) {
    const write = target(subject, 3, { externalId: unknownId });
    expect(await failureOf(resources.write(verb, write), credential)).toMatchObject({
      fault: "not-found",
      effect: "none",
    });
  }
}

async function refusals(subject: ResourceSubject): Promise<void> {
  const { resources, kind, credential } = subject;
  const before = await effects(subject);
  const verb = firstVerb(subject);
  const wrong = [
    resources.write(verb, target(subject, 4, { fields: subject.invalidFields })),
    resources.write(verb, target(subject, 4, { kind: "area.unheard-of" })),
    ...(subject.existing === undefined
      ? []
      : [resources.write("create", target(subject, 4)), resources.write("delete", target(subject, 4))]),
  ];
  for (const call of wrong)
    expect(await failureOf(call, credential)).toMatchObject({ fault: "invalid", effect: "none" });
  expect(kind.fields.safeParse(subject.invalidFields).success).toBe(false);
  expect(kind.fields.safeParse(subject.fields(4)).success).toBe(true);
  expect(await effects(subject)).toBe(before);
}

async function oneEffect(subject: ResourceSubject): Promise<void> {
  const { write } = await firstWrite(subject, 5);
  const before = await effects(subject);
  await write();
  expect(await effects(subject)).toBe(before + 1);
}

const firstVerb = (subject: ResourceSubject): OperationVerb => (subject.existing === undefined ? "create" : "update");

/** The kind's first write, ready to be made. */
async function firstWrite(subject: ResourceSubject, number: number) {
  const verb = firstVerb(subject);
  const wanted = target(subject, number);
  return { verb, wanted, write: () => subject.resources.write(verb, wanted) };
}

const strike = (subject: ResourceSubject, fault: (typeof writeFaults)[number]["fault"]) =>
  subject.control.setFault({ vendor: subject.vendor, ...subject.writes, fault });

async function writeUnder(
  subject: ResourceSubject,
  { fault, reported, hasEffect }: Omit<(typeof writeFaults)[number], "name">,
): Promise<void> {
  const number = 100 + writeFaults.findIndex((each) => each.fault === fault);
  const { verb, wanted, write } = await firstWrite(subject, number);
  const before = await effects(subject);
  await strike(subject, fault);
  const { result, tookMs } = await timed(() => failureOf(write(), subject.credential));
  expect(result).toMatchObject(reported);
  expect(tookMs, "the total deadline holds").toBeLessThan(subject.deadlineMs + 1000);
  await subject.control.clearFaults();
  if (fault.do === "late") await new Promise((resolve) => setTimeout(resolve, LATE_MS + 100));
  expect(await effects(subject), "tried once").toBe(before + (hasEffect ? 1 : 0));
  expect(subject.resources.reached(verb, wanted, await settled(subject, wanted)), "resume sees the truth").toBe(
    hasEffect,
  );
}

/** What resume finds: the object by id where it has one, else by key. */
async function settled(subject: ResourceSubject, wanted: WriteTarget): Promise<VendorObject | null> {
  const { resources, kind } = subject;
  if (wanted.externalId !== null) return resources.read(kind.kind, wanted.externalId);
  const { items } = await resources.findByKey(kind.kind, wanted.externalKey);
  return items[0] ?? null;
}

async function revoked(subject: ResourceSubject): Promise<void> {
  const { resources, kind, control, vendor, credential } = subject;
  const before = await effects(subject);
  const { write } = await firstWrite(subject, 80);
  await control.revoke(vendor, credential);
  const refused = { fault: "unauthorized", effect: "none" };
  const calls = [
    write,
    () => resources.read(kind.kind, subject.unknownId),
    () => resources.findByKey(kind.kind, target(subject, 80).externalKey),
  ];
  try {
    for (const call of calls) expect(await failureOf(call(), credential)).toMatchObject(refused);
  } finally {
    await control.restore(vendor, credential);
  }
  expect(await effects(subject)).toBe(before);
}

/** Reads never report an effect, whatever goes wrong. */
async function lookup(subject: ResourceSubject): Promise<void> {
  const { resources, kind, control, vendor, credential } = subject;
  for (const fault of [{ do: "fail-before" }, { do: "reset" }, { do: "hang" }] as const) {
    await control.setFault({ vendor, times: null, fault });
    const facts = await failureOf(resources.read(kind.kind, subject.unknownId), credential);
    expect(facts).toMatchObject({ fault: "unavailable", effect: "none" });
    await control.clearFaults();
  }
}

const effects = async ({ control, vendor }: ResourceSubject): Promise<number> =>
  (await control.ledger({ vendor })).length;
