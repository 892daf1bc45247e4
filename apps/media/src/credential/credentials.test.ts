import { AppError, Secret } from "@tandem/kernel";
import type { ServedConnection } from "@tandem/ports/store/pointer-feed";
import { expect, test } from "vitest";
import { Credentials } from "./credentials.ts";

const connection = {
  credentialVersion: 3,
  sealed: "sealed-3",
  previousVersion: 2,
  previousSealed: "sealed-2",
} as ServedConnection;

/** Opens what `keys` holds, and says what it logged. */
function credentials(keys: Set<string>) {
  const warned: unknown[][] = [];
  const open = (_identity: unknown, sealed: string) =>
    keys.has(sealed)
      ? Promise.resolve({ authToken: new Secret(`secret of ${sealed}`) })
      : Promise.reject(new AppError("connection_unsealed", "no private key with kid k1"));
  const log = { warn: (...words: unknown[]) => void warned.push(words) };
  return { opened: new Credentials({ open }, log, () => 0), warned };
}

test("a version before that does not open is left out, and told once with connection and version and nothing secret", async () => {
  const keys = new Set(["sealed-3"]);
  const { opened, warned } = credentials(keys);
  const accepted = async () =>
    (await opened.accepted("t1", "c1", connection)).map(({ authToken }) => authToken?.reveal());
  expect(await accepted()).toEqual(["secret of sealed-3"]);
  expect(await accepted()).toEqual(["secret of sealed-3"]);
  expect(warned).toEqual([
    [
      expect.objectContaining({ tenantId: "t1", connectionId: "c1", version: 2 }),
      "the credential version before does not open: what is signed with it is refused",
    ],
  ]);
  expect(JSON.stringify(warned)).not.toMatch(/sealed-|secret of/);
  keys.add("sealed-2");
  expect(await accepted()).toEqual(["secret of sealed-3", "secret of sealed-2"]);
  expect(warned).toHaveLength(1);
});

test("one that is in force and does not open is thrown", async () => {
  const { opened } = credentials(new Set());
  await expect(opened.accepted("t1", "c1", connection)).rejects.toMatchObject({ code: "connection_unsealed" });
});
