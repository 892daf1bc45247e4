import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CallRegistrar, RegisterCall, VoiceAgent } from "../voice-agent.ts";
import { type ContractControl, failureOf, timed } from "./faults.contract.ts";

/** An account with a published agent to try. */
export interface VoiceAgentSubject {
  readonly voiceAgent: VoiceAgent;
  readonly registrar: CallRegistrar;
  readonly control: ContractControl;
  readonly vendor: string;
  readonly credential: string;
  readonly agentId: string;
  readonly agentVersion: number;
  /** The carrier's leg of a registered call arrives. */
  startCall(agentCallId: string): Promise<{ readonly agentId: string; readonly agentVersion: number }>;
  endCall(agentCallId: string): Promise<void>;
  /** A number that the account holds, answered by nobody yet; absent where the vendor holds none. */
  readonly heldNumber?: string;
  close(): Promise<void>;
}

/** The answer path's own limit, with room for a loaded machine. */
const REGISTRATION_MS = 1500 + 700;

/** What every adapter with hosted agents must do. */
export function voiceAgentContract(name: string, open: () => Promise<VoiceAgentSubject>): void {
  describe(`${name} keeps the voice-agent contract`, () => {
    let subject: VoiceAgentSubject;
    beforeAll(async () => void (subject = await open()));
    afterAll(() => subject.close());
    beforeEach(() => subject.control.clearFaults());

    const register = (changes: Partial<RegisterCall> = {}) =>
      subject.registrar.registerCall({ ...call(subject), ...changes });
    const registrations = async () => (await subject.control.ledger({ vendor: subject.vendor })).length;

    test("the probe names the account", async () => {
      expect(await subject.voiceAgent.probe()).toMatchObject({
        account: expect.stringMatching(/./u),
        status: "active",
      });
    });

    test("a registered call is answered by exactly the agent and version it was registered for", async () => {
      const { agentCallId, sipUri } = await register();
      expect(sipUri).toMatch(/^sips?:[^@\s]+@[^@\s]+$/u);
      expect(sipUri).toContain(agentCallId);
      const idle = await subject.voiceAgent.concurrency();
      expect(await subject.startCall(agentCallId)).toMatchObject({
        agentId: subject.agentId,
        agentVersion: subject.agentVersion,
      });
      expect((await subject.voiceAgent.concurrency()).current).toBe(idle.current + 1);
      await subject.endCall(agentCallId);
      expect(await subject.voiceAgent.concurrency()).toEqual(idle);
    });

    test("a number that the vendor holds is shared among agents as told, and one that it does not hold is said so", async () => {
      const { heldNumber, agentId, agentVersion, voiceAgent } = subject;
      if (heldNumber === undefined) return expect(voiceAgent.heldNumbers).toBeUndefined();
      const shares = [
        { agentId, agentVersion, weightBp: 9500 },
        { agentId, agentVersion: agentVersion + 1, weightBp: 500 },
      ];
      for (const wanted of [[{ agentId, agentVersion, weightBp: 10_000 }], shares]) {
        await voiceAgent.heldNumbers?.setAgents(heldNumber, wanted);
        expect(await voiceAgent.heldNumbers?.agentsOf(heldNumber)).toEqual(wanted);
      }
      expect(await voiceAgent.heldNumbers?.agentsOf("+15559990000")).toBeNull();
    });

    test("an agent or a version that does not exist is refused", async () => {
      const unknown = { fault: "not-found", effect: "none" };
      expect(await failureOf(register({ agentId: "agent_unknown" }), subject.credential)).toMatchObject(unknown);
      expect(await failureOf(register({ agentVersion: 99 }), subject.credential)).toMatchObject(unknown);
    });

    test.each([
      [{ do: "hang" }, "unavailable", 0],
      [{ do: "drip", everyMs: 100 }, "unavailable", 1],
      [{ do: "lose-response" }, "unavailable", 1],
      [{ do: "fail-before" }, "unavailable", 0],
      [{ do: "throttle" }, "throttled", 0],
    ] as const)(
      "registration under %o ends within its deadline and is tried once",
      async (fault, reported, effects) => {
        const before = await registrations();
        await subject.control.setFault({ vendor: subject.vendor, times: null, fault });
        const { result, tookMs } = await timed(() => failureOf(register(), subject.credential));
        expect(result.fault).toBe(reported);
        expect(tookMs).toBeLessThan(REGISTRATION_MS);
        await subject.control.clearFaults();
        expect(await registrations()).toBe(before + effects);
      },
    );

    test("the caller of a registration can give up earlier", async () => {
      await subject.control.setFault({ vendor: subject.vendor, fault: { do: "hang" } });
      const { tookMs } = await timed(() =>
        failureOf(subject.registrar.registerCall(call(subject), AbortSignal.timeout(100)), subject.credential),
      );
      expect(tookMs).toBeLessThan(1000);
    });

    test("a revoked credential is refused", async () => {
      const { control, vendor, credential, voiceAgent } = subject;
      await control.revoke(vendor, credential);
      try {
        for (const attempt of [register(), voiceAgent.probe(), voiceAgent.concurrency()])
          expect(await failureOf(attempt, credential)).toMatchObject({ fault: "unauthorized", effect: "none" });
      } finally {
        await control.restore(vendor, credential);
      }
    });
  });
}

const call = (subject: VoiceAgentSubject): RegisterCall => ({
  agentId: subject.agentId,
  agentVersion: subject.agentVersion,
  from: "+15557770003",
  to: "+15550100001",
  direction: "inbound",
  metadata: { stamp: "signed" },
  variables: { caller_name: "Ada" },
});
