import { Secret } from "@tandem/kernel";
import { expect, test } from "vitest";
import { hashBearerToken, hashPassword, makeBearerToken, verifyPassword } from "./index.ts";

const password = new Secret("correct horse battery staple");

test("a password is kept as argon2id with its cost, salted each time, and only itself fits", async () => {
  const [one, two] = await Promise.all([hashPassword(password), hashPassword(password)]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword(one, password)).toBe(true);
  expect(await verifyPassword(one, new Secret("correct horse battery stable"))).toBe(false);
});

test("the same characters typed on another keyboard are the same password", async () => {
  const hash = await hashPassword(new Secret("Zu\u0308rich-am-See-2026"));
  expect(await verifyPassword(hash, new Secret("Z\u00fcrich-am-See-2026"))).toBe(true);
});

test("without a hash the same work is done and nothing fits", async () => {
  const hash = await hashPassword(password);
  const time = async (stored: string | null) => {
    const started = process.cpuUsage();
    expect(await verifyPassword(stored, new Secret("wrong"))).toBe(false);
    return process.cpuUsage(started).user;
  };
  await time(hash);
  const [known, unknown] = [await time(hash), await time(null)];
  expect(unknown).toBeGreaterThan(known / 3);
});

test("what is no hash is told, not taken for a wrong password", async () => {
  await expect(verifyPassword("plain", password)).rejects.toThrow("no argon2id hash");
});

test("a token is kept as a keyed hash for its purpose alone", () => {
  const token = makeBearerToken();
  const pepper = new Secret("pepper");
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(hashBearerToken(pepper, "person-session", token)).toMatch(/^[0-9a-f]{64}$/);
  expect(hashBearerToken(pepper, "invitation", token)).not.toBe(hashBearerToken(pepper, "person-session", token));
  expect(hashBearerToken(new Secret("other"), "invitation", token)).not.toBe(
    hashBearerToken(pepper, "invitation", token),
  );
  expect(hashBearerToken(pepper, "invitation", `${token}x`)).toBeNull();
});
