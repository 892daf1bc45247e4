import { AppError } from "@tandem/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Contact, Crm, Deal } from "../crm.ts";

/** A CRM account to try, and the means to look into it by another way than the port. */
export interface CrmSubject {
  readonly crm: Crm;
  readonly pipelineId: string;
  /** Two stages of the pipeline, as a deal may name them. */
  readonly stages: readonly [string, string];
  /** Puts a contact in by hand; returns its id. */
  addByHand(properties: Readonly<Record<string, string>>): Promise<string>;
  /** A contact's properties by id; null when it is gone. */
  contact(contactId: string): Promise<Readonly<Record<string, string>> | null>;
  deal(
    dealId: string,
  ): Promise<{ readonly stageId: string; readonly name: string; readonly contactIds: readonly string[] } | null>;
  /** Texts of a contact's notes. */
  notes(contactId: string): Promise<readonly string[]>;
  /** Makes the account's search miss what is younger than this. */
  setSearchLag(lagMs: number): Promise<void>;
  close(): Promise<void>;
}

/** What every adapter with a CRM must do. */
export function crmContract(vendor: string, open: () => Promise<CrmSubject>): void {
  describe(`${vendor} keeps the CRM contract`, () => {
    let subject: CrmSubject;
    beforeAll(async () => void (subject = await open()));
    afterAll(() => subject.close());

    const upsert = (contact: Partial<Contact>) =>
      subject.crm.upsertContact({ properties: {}, isTest: false, ...contact });
    const deal = (key: string, contactId: string, changes: Partial<Deal> = {}) =>
      subject.crm.upsertDeal({
        key,
        name: `Deal ${key}`,
        pipelineId: subject.pipelineId,
        stageId: subject.stages[0],
        contactId,
        properties: {},
        ...changes,
      });

    test("a contact is made once and updated after that", async () => {
      const first = await upsert({ email: "ada@contract.example", properties: { firstname: "Ada" } });
      expect(first.created).toBe(true);
      const again = await upsert({ email: "Ada@Contract.example", properties: { lastname: "Byron" } });
      expect(again).toEqual({ contactId: first.contactId, created: false });
      expect(await subject.contact(first.contactId)).toMatchObject({ firstname: "Ada", lastname: "Byron" });
    });

    test("a spoken name is kept as the vendor splits it, unless the parts are given", async () => {
      const { contactId } = await upsert({ email: "kim@contract.example", name: " Kim  van Dyke " });
      const kept = await subject.contact(contactId);
      expect(Object.values(kept ?? {}).join(" ")).toMatch(/Kim.*Dyke/u);
    });

    test("a contact that gave a phone number only is found by it, and gains the e-mail address given later", async () => {
      const first = await upsert({ phone: "+12025550101" });
      expect(await upsert({ phone: "+12025550101", email: "bo@contract.example" })).toEqual({
        contactId: first.contactId,
        created: false,
      });
      expect(await subject.contact(first.contactId)).toMatchObject({ email: "bo@contract.example" });
    });

    test("a shared phone number does not hand one person's contact to another", async () => {
      const first = await upsert({ phone: "+12025550102", email: "cy@contract.example" });
      const other = await upsert({ phone: "+12025550102", email: "di@contract.example" });
      expect(other.created).toBe(true);
      expect(await subject.contact(first.contactId)).toMatchObject({ email: "cy@contract.example" });
    });

    test("an e-mail address stays one contact while the search lags behind", async () => {
      await subject.setSearchLag(60_000);
      const first = await upsert({ email: "ed@contract.example", phone: "+12025550103" });
      expect(await upsert({ email: "ed@contract.example", phone: "+12025550103" })).toEqual({
        contactId: first.contactId,
        created: false,
      });
      await subject.setSearchLag(0);
    });

    test("a contact without e-mail address and phone number is refused", async () => {
      await expect(upsert({ properties: { firstname: "Nobody" } })).rejects.toBeInstanceOf(AppError);
    });

    test("a deal's key makes it one deal, tied to its contact, moved by its stage", async () => {
      const { contactId } = await upsert({ email: "flo@contract.example" });
      const first = await deal("k1", contactId);
      expect(first.created).toBe(true);
      expect(await deal("k1", contactId, { stageId: subject.stages[1], name: "Renamed" })).toEqual({
        dealId: first.dealId,
        created: false,
      });
      expect(await subject.deal(first.dealId)).toMatchObject({ name: "Renamed", contactIds: [contactId] });
      const other = await subject.deal((await deal("k2", contactId, { stageId: subject.stages[1] })).dealId);
      expect(await subject.deal(first.dealId)).toMatchObject({ stageId: other?.stageId });
    });

    test("a deal for a contact that is gone is refused", async () => {
      await expect(deal("k3", "99999999")).rejects.toMatchObject({ facts: { fault: "not-found", effect: "none" } });
    });

    test("a note is added once for its key, as text", async () => {
      const { contactId } = await upsert({ email: "gus@contract.example" });
      const first = await subject.crm.addNote(contactId, "Asked about <b>prices</b>", "n1");
      expect(await subject.crm.addNote(contactId, "Asked about <b>prices</b>", "n1")).toEqual(first);
      await subject.crm.addNote(contactId, "Asked again", "n2");
      const notes = await subject.notes(contactId);
      expect(notes).toHaveLength(2);
      expect(notes.join()).not.toContain("<b>");
    });

    test("what a test made can be removed, also twice and in any order", async () => {
      const { contactId } = await upsert({ email: "hal@contract.example", isTest: true });
      const { dealId } = await deal("k4", contactId, { isTest: true });
      await subject.crm.removeTestContact(contactId);
      await subject.crm.removeTestContact(contactId);
      await subject.crm.removeTestDeal(dealId);
      await subject.crm.removeTestDeal(dealId);
      expect([await subject.contact(contactId), await subject.deal(dealId)]).toEqual([null, null]);
    });

    test("what is real cannot be removed", async () => {
      const contactId = await subject.addByHand({ email: "ivy@contract.example" });
      const { dealId } = await deal("k5", contactId);
      const refused = { facts: { fault: "invalid", effect: "none" } };
      await expect(subject.crm.removeTestContact(contactId)).rejects.toMatchObject(refused);
      await expect(subject.crm.removeTestDeal(dealId)).rejects.toMatchObject(refused);
      expect(await subject.contact(contactId)).not.toBeNull();
      expect(await subject.deal(dealId)).not.toBeNull();
    });

    test("a test may not touch a real contact", async () => {
      const contactId = await subject.addByHand({ email: "jo@contract.example", phone: "+12025550104" });
      for (const contact of [{ email: "jo@contract.example" }, { phone: "+12025550104", email: "" }])
        await expect(upsert({ ...contact, isTest: true, properties: { firstname: "Test" } })).rejects.toMatchObject({
          facts: { fault: contact.email === "" ? expect.any(String) : "invalid", effect: "none" },
        });
      expect((await subject.contact(contactId))?.["firstname"]).toBeUndefined();
    });

    test("the probe names the account and what was granted", async () => {
      const probe = await subject.crm.probe();
      expect(probe).toMatchObject({ status: "active" });
      expect(probe.account).not.toBe("");
    });
  });
}
