import type { E164 } from "@tandem/domain/tenant";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CallWish, NumberRouting, Telephony } from "../telephony.ts";
import { type ContractControl, failureOf, LATE_MS, timed, writeFaults } from "./faults.contract.ts";

/** A carrier account to try, and the world around it. */
export interface TelephonySubject {
  readonly telephony: Telephony;
  readonly control: ContractControl;
  readonly vendor: string;
  readonly deadlineMs: number;
  readonly credential: string;
  /** A number of the account. */
  readonly number: E164;
  /** A number of somebody else. */
  readonly foreignNumber: E164;
  /** Matches every request that writes a number's routing. */
  readonly writes: { readonly method?: string; readonly path: string };
  /** Somebody changes the number's voice URL in the console. */
  editVoiceUrl(url: string): Promise<void>;
  /** An id of a trunk and of an application that the number may be given. */
  readonly trunkId: string;
  applicationId(): Promise<string>;
  /** A caller dials the number and is connected; resolves with the carrier's call id. */
  placeCall(from: E164): Promise<string>;
  /** A document that says something, at an address the carrier can reach. */
  readonly documentUrl: string;
  /** What the caller has been told so far. */
  said(callId: string): Promise<readonly string[]>;
  endCall(callId: string): Promise<void>;
  /** How a number outside the account answers when it is called from now on. */
  answers(number: E164, how: "answered" | "machine" | "busy" | "no-answer"): Promise<void>;
  /** Matches every request that places a call. */
  readonly placings: { readonly method?: string; readonly path: string };
  close(): Promise<void>;
}

/** What every adapter with a carrier account must do. */
export function telephonyContract(name: string, open: () => Promise<TelephonySubject>): void {
  describe(`${name} keeps the telephony contract`, () => {
    let subject: TelephonySubject;
    beforeAll(async () => void (subject = await open()));
    afterAll(() => subject.close());
    beforeEach(() => subject.control.clearFaults());

    test("the probe names the account", async () => {
      expect(await subject.telephony.probe()).toMatchObject({ account: expect.stringMatching(/./u) });
    });

    test("a number of another account has no routing", async () => {
      expect(await subject.telephony.readRouting(subject.foreignNumber)).toBeNull();
    });

    test("routing is written whole, read back and restored field for field", async () => {
      const before = await routing(subject);
      const next = ours(before, "a");
      expect(await subject.telephony.writeRouting(before, next)).toEqual(next);
      expect(await routing(subject)).toEqual(next);
      expect(await subject.telephony.writeRouting(next, before)).toEqual(before);
    });

    test("a trunk or an application is cleared by attaching and comes back at detach", async () => {
      const free = await routing(subject);
      const held = [
        { ...free, trunkId: subject.trunkId },
        { ...free, applicationId: await subject.applicationId() },
      ];
      for (const before of held) {
        const attached = ours({ ...before, trunkId: "", applicationId: "" }, "b");
        expect(await subject.telephony.writeRouting(await routing(subject), before)).toEqual(before);
        expect(await subject.telephony.writeRouting(before, attached)).toEqual(attached);
        expect(await subject.telephony.writeRouting(attached, before)).toEqual(before);
      }
      await subject.telephony.writeRouting(await routing(subject), free);
    });

    test("a routing that moved meanwhile is not overwritten", async () => {
      const before = await routing(subject);
      await subject.editVoiceUrl("https://console.example/edited");
      const write = subject.telephony.writeRouting(before, ours(before, "c"));
      expect(await failureOf(write, subject.credential)).toMatchObject({ fault: "conflict", effect: "none" });
      expect((await routing(subject)).voiceUrl).toBe("https://console.example/edited");
    });

    test.each(writeFaults)("a routing write meets $name", async ({ fault, reported, hasEffect }) => {
      const { telephony, control, vendor, writes, credential } = subject;
      const before = await routing(subject);
      const next = ours(before, `fault-${writeFaults.findIndex((each) => each.fault === fault)}`);
      await control.setFault({ vendor, ...writes, fault });
      const { result, tookMs } = await timed(() => failureOf(telephony.writeRouting(before, next), credential));
      expect(result).toMatchObject(reported);
      expect(tookMs).toBeLessThan(subject.deadlineMs + 1000);
      await control.clearFaults();
      if (fault.do === "late") await new Promise((resolve) => setTimeout(resolve, LATE_MS + 100));
      expect(await routing(subject)).toEqual(hasEffect ? next : before);
    });

    test("calls in progress are counted and listed until they end", async () => {
      expect(await subject.telephony.liveCalls(subject.number)).toEqual([]);
      const callId = await subject.placeCall("+15557770001");
      expect(await subject.telephony.concurrency()).toMatchObject({ current: 1 });
      expect(await subject.telephony.liveCalls(subject.number)).toMatchObject([
        { callId, from: "+15557770001", to: subject.number, startedAt: expect.stringMatching(/^\d{4}-.*Z$/u) },
      ]);
      await subject.endCall(callId);
      expect(await subject.telephony.liveCalls(subject.number)).toEqual([]);
      expect(await subject.telephony.concurrency()).toMatchObject({ current: 0 });
    });

    test("a call in progress is sent to another document; one that is over is not", async () => {
      const callId = await subject.placeCall("+15557770002");
      await subject.telephony.redirectCall(callId, subject.documentUrl);
      await expect.poll(() => subject.said(callId)).toContain("You are being connected to a person.");
      await subject.endCall(callId);
      const late = subject.telephony.redirectCall(callId, subject.documentUrl);
      expect(await failureOf(late, subject.credential)).toMatchObject({ effect: "none" });
    });

    const wishFor = (to: E164, change: Partial<CallWish> = {}): CallWish => ({
      from: subject.number,
      to,
      answerUrl: subject.documentUrl,
      statusUrl: subject.documentUrl,
      ringSeconds: 20,
      detectsMachine: true,
      ...change,
    });
    const placedTo = (to: E164, sinceMs = Date.now() - 60_000) =>
      subject.telephony.placedCalls({ from: subject.number, to, sinceMs });

    test.each([
      ["+15557771001", "answered", { answeredBy: "human" }],
      ["+15557771002", "machine", { answeredBy: "machine" }],
      ["+15557771003", "busy", { status: "busy", answeredBy: null }],
      ["+15557771004", "no-answer", { status: "no-answer", answeredBy: null }],
    ] as const)("a call to %s (%s) is placed, told and found again", async (to, how, outcome) => {
      await subject.answers(to, how);
      const { callId } = await subject.telephony.placeCall(wishFor(to));
      await expect.poll(() => subject.telephony.placedCall(callId)).toMatchObject({ callId, ...outcome });
      expect(await placedTo(to)).toMatchObject([{ callId, ...outcome }]);
      expect(await placedTo(to, Date.now() + 60_000)).toEqual([]);
      await subject.endCall(callId).catch(() => {});
    });

    test("who answers is not told where it was not asked; calls to a number are none that we placed", async () => {
      const to = "+15557771005";
      const { callId } = await subject.telephony.placeCall(wishFor(to, { detectsMachine: false }));
      await expect.poll(() => subject.telephony.placedCall(callId)).toMatchObject({ answeredBy: null });
      await subject.endCall(callId).catch(() => {});
      await subject.endCall(await subject.placeCall(to));
      expect(await subject.telephony.placedCalls({ from: to, to: subject.number, sinceMs: 0 })).toEqual([]);
      expect(await subject.telephony.placedCall("CA00000000000000000000000000000000")).toBeNull();
    });

    test.each(writeFaults)("placing a call meets $name", async ({ fault, reported, hasEffect, name }) => {
      const { telephony, control, vendor, placings, credential } = subject;
      const to: E164 = `+1555777${2000 + writeFaults.findIndex((each) => each.name === name)}`;
      await control.setFault({ vendor, ...placings, fault });
      expect(await failureOf(telephony.placeCall(wishFor(to)), credential)).toMatchObject(reported);
      await control.clearFaults();
      if (fault.do === "late") await new Promise((resolve) => setTimeout(resolve, LATE_MS + 100));
      const found = await placedTo(to);
      expect(found).toHaveLength(hasEffect ? 1 : 0);
      for (const { callId } of found) await subject.endCall(callId).catch(() => {});
    });

    test("a call from a number of somebody else is refused and not placed", async () => {
      const wish = wishFor("+15557771006", { from: subject.foreignNumber });
      const refused = await failureOf(subject.telephony.placeCall(wish), subject.credential);
      expect(refused).toMatchObject({ effect: "none" });
    });

    test("a revoked credential is refused everywhere", async () => {
      const { telephony, control, vendor, credential, number } = subject;
      await control.revoke(vendor, credential);
      try {
        for (const call of [
          telephony.probe(),
          telephony.readRouting(number),
          telephony.concurrency(),
          telephony.liveCalls(number),
          telephony.placeCall(wishFor("+15557771007")),
          telephony.placedCall("CA00000000000000000000000000000000"),
        ])
          expect(await failureOf(call, credential)).toMatchObject({ fault: "unauthorized", effect: "none" });
      } finally {
        await control.restore(vendor, credential);
      }
    });
  });
}

async function routing(subject: TelephonySubject): Promise<NumberRouting> {
  const found = await subject.telephony.readRouting(subject.number);
  if (found === null) throw new Error("the subject's number is not in the account");
  return found;
}

const ours = (before: NumberRouting, name: string): NumberRouting => ({
  ...before,
  voiceUrl: `https://media.example/voice/${name}`,
  voiceMethod: "POST",
  voiceFallbackUrl: `https://fallback.example/voice/${name}`,
  voiceFallbackMethod: "GET",
  statusCallbackUrl: `https://media.example/status/${name}`,
  statusCallbackMethod: "POST",
  applicationId: "",
  trunkId: "",
});
