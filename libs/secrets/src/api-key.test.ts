import { Secret } from "@tandem/kernel";
import { expect, test } from "vitest";
import { hashApiKeySecret, makeApiKey, parseApiKey } from "./index.ts";

test("a key has the documented form and parses to its parts", () => {
  const made = makeApiKey("live");
  expect(made.key).toMatch(/^tdm_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  expect(parseApiKey(made.key)).toEqual({ keyId: made.keyId, secret: made.secret });
});

test("one changed character anywhere is refused before any look-up", () => {
  const { key } = makeApiKey("live");
  for (let at = 0; at < key.length; at++) {
    const changed = key.slice(0, at) + (key[at] === "x" ? "y" : "x") + key.slice(at + 1);
    expect(parseApiKey(changed), changed).toBeNull();
  }
});

test("keys do not repeat and their hashes depend on the pepper", () => {
  const keys = new Set(Array.from({ length: 200 }, () => makeApiKey("live").key));
  expect(keys.size).toBe(200);
  expect(hashApiKeySecret(new Secret("a"), "s")).not.toBe(hashApiKeySecret(new Secret("b"), "s"));
});
