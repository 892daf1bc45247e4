import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Voices } from "../voices.ts";
import { type ContractControl, failureOf, timed } from "./faults.contract.ts";

/** An account at the sandbox that has voices. */
export interface VoicesSubject {
  readonly voices: Voices;
  readonly control: ContractControl;
  readonly vendor: string;
  /** The secret that the account is opened with. */
  readonly credential: string;
  /** A voice that it has. */
  readonly knownVoice: string;
  readonly deadlineMs: number;
  close(): Promise<void>;
}

/** What every account that tells its voices does. */
export function voicesContract(name: string, make: () => Promise<VoicesSubject>): void {
  describe(`${name}: voices`, () => {
    let subject: VoicesSubject;
    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());
    beforeEach(() => subject.control.clearFaults());
    const list = () => subject.voices.list();

    test("lists what releases may name, each once", async () => {
      const { voices, isWhole } = await list();
      const ids = voices.map(({ id }) => id);
      expect(ids).toContain(subject.knownVoice);
      expect(new Set(ids).size).toBe(ids.length);
      expect(voices.every((voice) => voice.name !== "" && /^[\w-]{1,100}$/u.test(voice.id))).toBe(true);
      expect(isWhole).toBe(true);
    });

    test("changes nothing at the vendor", async () => {
      const before = (await subject.control.ledger({ vendor: subject.vendor })).length;
      await list();
      expect(await subject.control.ledger({ vendor: subject.vendor })).toHaveLength(before);
    });

    test.each([
      ["429", { do: "throttle", retryAfterSeconds: 3 }, "throttled"],
      ["503", { do: "fail-before", status: 503 }, "unavailable"],
      ["a body that ends early", { do: "truncate", framing: "intact" }, "contract"],
      ["an answer of something between", { do: "bad-gateway" }, "unavailable"],
    ] as const)("tells %s as what it is, with effect none", async (_, fault, expected) => {
      await subject.control.setFault({ vendor: subject.vendor, fault });
      expect(await failureOf(list(), subject.credential)).toMatchObject({ fault: expected, effect: "none" });
    });

    test("gives up at its deadline", async () => {
      await subject.control.setFault({ vendor: subject.vendor, fault: { do: "hang" } });
      const { result, tookMs } = await timed(() => failureOf(list(), subject.credential));
      expect(result).toMatchObject({ fault: "unavailable", effect: "none" });
      expect(tookMs).toBeLessThan(subject.deadlineMs + 1000);
    });

    test("tells a credential that is revoked, without showing it", async () => {
      await subject.control.revoke(subject.vendor, subject.credential);
      expect(await failureOf(list(), subject.credential)).toMatchObject({ fault: "unauthorized", effect: "none" });
      await subject.control.restore(subject.vendor, subject.credential);
    });
  });
}
