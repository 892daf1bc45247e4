import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { openPage } from "../testing/page.setup.tsx";

const entry = {
  seq: 1,
  at: "2025-11-28T11:05:00.000Z",
  actor: "system:test",
  via: "api",
  action: "rollout.started",
  object: "rollout/x",
  beforeHash: null,
  afterHash: null,
  reason: null,
  requestId: null,
  prevHash: "0",
  hash: "1",
};

test("a tenant's pages show and ask for times in the tenant's zone, whatever the browser's", async () => {
  const asked = openPage("/t/acme/audit?from=2025-11-28", { "GET /v1/audit": { items: [entry], next: null } });
  const time = await screen.findByText("28 Nov 2025 12:05");
  expect(time.title).toBe("2025-11-28 11:05:00 UTC · 28 Nov 2025 12:05 in Europe/Berlin");
  const last = asked.findLast(({ address }) => address.startsWith("/v1/audit?"));
  expect(new URLSearchParams(last?.address.split("?")[1]).get("from")).toBe("2025-11-27T23:00:00.000Z");
});
