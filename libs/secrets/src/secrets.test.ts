import { Secret } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeOpener, makeSealer, makeSealingKeys, signTicket, verifyTicket } from "./index.ts";

const identity = { tenantId: "t1", connectionId: "c1", version: 3 };

test("what is sealed with the public half opens with the private half only, and only as what it is", async () => {
  const [mine, other] = await Promise.all([makeSealingKeys("k1"), makeSealingKeys("k2")]);
  const sealed = await (await makeSealer(mine.publicJwk)).seal(identity, { authToken: new Secret("canary-81") });
  expect(sealed).not.toContain("canary");
  const opener = await makeOpener(new Secret(`[${other.privateJwk},${mine.privateJwk}]`));
  expect((await opener.open(identity, sealed))["authToken"]?.reveal()).toBe("canary-81");
  for (const stranger of [{ tenantId: "t2" }, { connectionId: "c2" }, { version: 4 }]) {
    await expect(opener.open({ ...identity, ...stranger }, sealed)).rejects.toMatchObject({
      code: "connection_unsealed",
    });
  }
  await expect((await makeOpener(new Secret(other.privateJwk))).open(identity, sealed)).rejects.toMatchObject({
    code: "connection_unsealed",
  });
  const damaged = `${sealed.slice(0, -3)}${sealed.endsWith("AAA") ? "BBB" : "AAA"}`;
  await expect(opener.open(identity, damaged)).rejects.toMatchObject({ code: "connection_unsealed" });
});

test("the API refuses to hold the private half", async () => {
  const { privateJwk } = await makeSealingKeys("k1");
  await expect(makeSealer(privateJwk)).rejects.toMatchObject({ code: "config_invalid" });
});

test("a ticket is good for its purpose, its key and its time only", () => {
  const key = new Secret("one");
  const ticket = signTicket(key, "trial", { slot: "green", generation: 4 }, 1000);
  expect(verifyTicket(key, "trial", ticket, 999)).toEqual({ slot: "green", generation: 4 });
  expect(verifyTicket(key, "trial", ticket, 1000)).toBeNull();
  expect(verifyTicket(key, "call", ticket, 999)).toBeNull();
  expect(verifyTicket(new Secret("two"), "trial", ticket, 999)).toBeNull();
});

test("no changed ticket is accepted", () => {
  const key = new Secret("one");
  const ticket = signTicket(key, "call", { call: "CA1" }, 10_000);
  fc.assert(
    fc.property(fc.nat(ticket.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(ticket[at] !== character);
      expect(verifyTicket(key, "call", ticket.slice(0, at) + character + ticket.slice(at + 1), 1)).toBeNull();
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.string(), (noise) => verifyTicket(key, "call", noise, 1) === null));
});
