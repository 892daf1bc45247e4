import { randomBytes, randomUUID } from "node:crypto";
import { Secret } from "@tandem/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signLinkToken, verifyLinkToken } from "./link-token.ts";

const key = new Secret(randomBytes(32).toString("hex"));
const newToken = () => ({ tenantId: randomUUID(), linkId: randomUUID(), binding: randomBytes(32).toString("hex") });

test("a token names what was signed, and only under the key it was signed with", () => {
  const named = newToken();
  const token = signLinkToken(key, named);
  expect(token).toMatch(/^[A-Za-z0-9_.-]{130}$/);
  expect(verifyLinkToken(key, token)).toEqual(named);
  expect(verifyLinkToken(new Secret("another"), token)).toBeNull();
});

test("none is accepted whose text differs in any place, is cut, joined from two, or made up", () => {
  const [one, two] = [signLinkToken(key, newToken()), signLinkToken(key, newToken())];
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
  const seed = randomBytes(4).readInt32BE();
  fc.assert(
    fc.property(fc.nat(one.length - 1), fc.constantFrom(...alphabet.split("")), (at, letter) => {
      const forged = `${one.slice(0, at)}${letter}${one.slice(at + 1)}`;
      return forged === one || verifyLinkToken(key, forged) === null;
    }),
    { numRuns: 3000, seed },
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => verifyLinkToken(key, text) === null),
    { numRuns: 2000, seed },
  );
  const [body = ""] = one.split(".");
  const [, signature = ""] = two.split(".");
  for (const forged of [`${body}.${signature}`, one.slice(0, -1), `${one}A`, "", `${body}.`, one.toLowerCase()])
    expect(verifyLinkToken(key, forged)).toBeNull();
});
