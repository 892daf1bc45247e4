import { AppError } from "@tandem/kernel";
import type { ObjectStore } from "@tandem/ports/object-store";
import type { Logger } from "@tandem/telemetry";
import { expect, test } from "vitest";
import { watchedStore } from "./watched-store.ts";

test("a store that fails is told of once for a burst, and whoever asked sees the failure all the same", async () => {
  const away = () => Promise.reject(new AppError("storage_unavailable", "away"));
  const broken: ObjectStore = { put: away, get: away, remove: away };
  const told: unknown[] = [];
  const store = watchedStore(broken, { warn: (facts: unknown) => told.push(facts) } as unknown as Logger);
  await expect(store.get("phrases/x")).rejects.toThrow("away");
  await expect(store.put("phrases/x", new Uint8Array(1), "audio/basic")).rejects.toThrow("away");
  await expect(store.remove("phrases/x")).rejects.toThrow("away");
  expect(told).toMatchObject([{ err: { code: "storage_unavailable" } }]);
});
