import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import type { ActorRole } from "@tandem/ports/store/control";
import { permissions } from "./auth/permission.ts";
import { DeploymentsController } from "./http/deployments.controller.ts";
import { PlansController } from "./http/plans.controller.ts";
import { ReleaseCompiler } from "./planning/release-compiler.ts";
import { type RunningApi, runApi } from "./testing/running-api.ts";

let database: FreshDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const ROLES: readonly ActorRole[] = ["viewer", "author", "approver", "operator", "tenant-admin", "auditor", "ci"];
const NOBODY = "00000000-0000-7000-8000-000000000000";

/** Every route with the permission it needs; bodies are wrong on purpose: a refused role must not get as far as validation. */
const ROUTES = [
  ["GET", "/v1/deployments", "read"],
  ["GET", "/v1/overview", "across"],
  ["GET", "/v1/playbooks", "readPlaybooks"],
  ["GET", "/v1/playbooks/x", "readPlaybooks"],
  ["GET", "/v1/playbooks/x/compare", "readPlaybooks"],
  ["GET", "/v1/attention", "across"],
  ["GET", "/v1/deployments/x/form", "read"],
  ["POST", "/v1/deployments/x/configuration/validate", "edit"],
  ["GET", "/v1/time-zones", "read"],
  ["GET", "/v1/deployments/x/standing", "read"],
  ["GET", "/v1/deployments/x/summary", "read"],
  ["GET", "/v1/deployments/x/sessions", "read"],
  ["GET", "/v1/deployments/x/latency", "read"],
  ["GET", "/v1/deployments/x/kpis", "read"],
  ["GET", `/v1/sessions/${NOBODY}`, "read"],
  ["GET", "/v1/latency", "read"],
  ["GET", "/v1/prices", "read"],
  ["GET", "/v1/connections", "read"],
  ["GET", "/v1/connection-standings", "read"],
  ["PATCH", `/v1/connections/${NOBODY}`, "manage"],
  ["GET", `/v1/connections/${NOBODY}/voices`, "read"],
  ["POST", `/v1/connections/${NOBODY}/voices`, "edit"],
  ["GET", "/v1/manifests", "readPlaybooks"],
  ["GET", "/v1/vendors", "read"],
  ["POST", "/v1/deployments/x/plans", "edit"],
  ["PUT", "/v1/overlays/after-hours", "edit"],
  ["PUT", "/v1/deployments/x/configuration", "edit"],
  ["POST", "/v1/manifests", "publish"],
  ["POST", `/v1/rollouts/${NOBODY}/approve`, "approve"],
  ["POST", "/v1/rollouts", "apply"],
  ["POST", `/v1/rollouts/${NOBODY}/promote`, "promote"],
  ["POST", `/v1/rollouts/${NOBODY}/reject`, "approve"],
  ["POST", `/v1/rollouts/${NOBODY}/override-freeze`, "manage"],
  ["GET", `/v1/rollouts/${NOBODY}/approvals`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/evidence`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/links`, "read"],
  ["POST", `/v1/rollouts/${NOBODY}/links`, "rollback"],
  ["POST", `/v1/links/${NOBODY}/revoke`, "rollback"],
  ["GET", "/v1/deployments/x/waiting-rollouts", "read"],
  ["POST", `/v1/waiting-rollouts/${NOBODY}/cancel`, "rollback"],
  ["GET", "/v1/gate-policies/staging", "readGates"],
  ["PUT", "/v1/gate-policies/staging", "gates"],
  ["GET", "/v1/media-nodes", "platform"],
  ["POST", `/v1/media-nodes/${NOBODY}/forget`, "platform"],
  ["GET", "/v1/freezes", "readGates"],
  ["POST", "/v1/freezes", "gates"],
  ["POST", `/v1/freezes/${NOBODY}/end`, "gates"],
  ["POST", `/v1/freezes/${NOBODY}/exemptions`, "platform"],
  ["POST", `/v1/rollouts/${NOBODY}/abort`, "rollback"],
  ["POST", `/v1/rollouts/${NOBODY}/pause`, "rollback"],
  ["POST", `/v1/rollouts/${NOBODY}/skip`, "apply"],
  ["POST", "/v1/deployments/x/talk-links", "call"],
  ["POST", "/v1/deployments/x/revert", "apply"],
  ["POST", "/v1/deployments/x/rollback", "rollback"],
  ["POST", "/v1/deployments/x/divert", "rollback"],
  ["GET", "/v1/drift", "read"],
  ["GET", "/v1/deployments/x/drift", "read"],
  ["POST", "/v1/deployments/x/drift", "read"],
  ["POST", "/v1/deployments/x/drift/decisions", "decideDrift"],
  ["POST", "/v1/deployments/x/replays", "apply"],
  ["GET", `/v1/replays/${NOBODY}`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/replay`, "read"],
  ["GET", "/v1/deployments/x/outbound-calls", "read"],
  ["GET", `/v1/outbound-calls/${NOBODY}`, "read"],
  ["POST", "/v1/deployments/x/outbound-calls", "call"],
  ["POST", "/v1/deployments", "manage"],
  ["POST", "/v1/deployments/x/detach", "manage"],
  ["POST", "/v1/connections", "manage"],
  ["PUT", `/v1/connections/${NOBODY}/credential`, "manage"],
  ["POST", `/v1/connections/${NOBODY}/rotate`, "manage"],
  ["GET", `/v1/tenants/${NOBODY}`, "life"],
  ["GET", `/v1/tenants/${NOBODY}/off-boarding`, "life"],
  ["GET", `/v1/tenants/${NOBODY}/off-boarding/plan`, "life"],
  ["POST", `/v1/tenants/${NOBODY}/off-boarding`, "life"],
  ["POST", `/v1/tenants/${NOBODY}/off-boarding/stop`, "life"],
  ["POST", `/v1/tenants/${NOBODY}/suspend`, "platform"],
  ["POST", `/v1/tenants/${NOBODY}/reactivate`, "platform"],
  ["GET", "/v1/audit", "audit"],
  ["GET", "/v1/audit/key", "audit"],
  ["GET", "/v1/audit/checkpoints", "audit"],
  ["GET", "/v1/audit/verify", "audit"],
  ["GET", "/v1/audit/export", "audit"],
  ["GET", `/v1/rollouts/${NOBODY}/proof`, "read"],
  ["GET", "/v1/webhooks", "webhooks"],
  ["GET", `/v1/webhooks/${NOBODY}/deliveries`, "webhooks"],
  ["POST", "/v1/webhooks", "webhooks"],
  ["PATCH", `/v1/webhooks/${NOBODY}`, "webhooks"],
  ["POST", `/v1/webhooks/${NOBODY}/secret`, "webhooks"],
  ["POST", `/v1/webhooks/${NOBODY}/test`, "webhooks"],
  ["POST", `/v1/webhooks/${NOBODY}/deliveries/${NOBODY}/resend`, "webhooks"],
  ["DELETE", `/v1/webhooks/${NOBODY}`, "webhooks"],
  ["GET", "/v1/api-keys", "keys"],
  ["POST", "/v1/tenants", "platform"],
  ["GET", "/v1/tenants", "platform"],
  ["POST", "/v1/fleet-rollouts/preview", "platform"],
  ["POST", "/v1/fleet-rollouts", "platform"],
  ["GET", "/v1/fleet-rollouts", "platform"],
  ["GET", `/v1/fleet-rollouts/${NOBODY}`, "platform"],
  ["GET", `/v1/fleet-rollouts/${NOBODY}/members`, "platform"],
  ["POST", `/v1/fleet-rollouts/${NOBODY}/pause`, "platform"],
  ["POST", `/v1/fleet-rollouts/${NOBODY}/resume`, "platform"],
  ["POST", `/v1/fleet-rollouts/${NOBODY}/abort`, "platform"],
  ["POST", `/v1/fleet-rollouts/${NOBODY}/skip`, "platform"],
  ["GET", `/v1/tenants/${NOBODY}/early-access`, "platform"],
  ["PUT", `/v1/tenants/${NOBODY}/early-access`, "platform"],
  ["PUT", `/v1/tenants/${NOBODY}/tags`, "platform"],
  ["GET", "/v1/fleet-memberships", "read"],
  ["GET", "/v1/early-access", "read"],
  ["PUT", "/v1/early-access", "manage"],
  ["GET", "/metrics", "platform"],
  ["GET", "/v1/members", "members"],
  ["PUT", `/v1/members/${NOBODY}/roles`, "members"],
  ["DELETE", `/v1/members/${NOBODY}`, "members"],
  ["GET", `/v1/members/${NOBODY}/sessions`, "members"],
  ["DELETE", `/v1/members/${NOBODY}/sessions/${NOBODY}`, "members"],
  ["GET", "/v1/invitations", "members"],
  ["POST", "/v1/invitations", "members"],
  ["DELETE", `/v1/invitations/${NOBODY}`, "members"],
  ["GET", "/v1/persons", "platform"],
  ["POST", `/v1/persons/${NOBODY}/disable`, "platform"],
  ["POST", `/v1/persons/${NOBODY}/enable`, "platform"],
  ["POST", `/v1/tenants/${NOBODY}/break-glass`, "platform"],
  ["GET", "/v1/session/tenants", "self"],
  ["GET", "/v1/session/sessions", "self"],
  ["DELETE", `/v1/session/sessions/${NOBODY}`, "self"],
  ["POST", "/auth/reauthenticate", "self"],
  ["POST", "/auth/password", "self"],
  ["GET", "/v1/deployments/x", "read"],
  ["GET", "/v1/deployments/x/configuration", "read"],
  ["GET", "/v1/deployments/x/rollouts", "read"],
  ["GET", "/v1/deployments/x/pointer-history", "read"],
  ["POST", "/v1/deployments/x/undivert", "rollback"],
  ["GET", "/v1/deployments/x/health", "read"],
  ["GET", "/v1/deployments/x/health-series", "read"],
  ["GET", "/v1/deployments/x/kpi-series", "read"],
  ["GET", "/v1/kpi-series", "read"],
  ["POST", "/v1/deployments/x/incidents", "incidents"],
  ["GET", "/v1/incidents", "read"],
  ["GET", `/v1/incidents/${NOBODY}`, "read"],
  ["POST", `/v1/incidents/${NOBODY}/suspect`, "incidents"],
  ["POST", `/v1/incidents/${NOBODY}/clear`, "incidents"],
  ["POST", `/v1/incidents/${NOBODY}/conclude`, "incidents"],
  ["POST", `/v1/incidents/${NOBODY}/severity`, "incidents"],
  ["POST", `/v1/incidents/${NOBODY}/notes`, "incidents"],
  ["POST", `/v1/incidents/${NOBODY}/resolve`, "incidents"],
  ["POST", "/v1/deployments/x/test-calls", "call"],
  ["GET", "/v1/deployments/x/test-calls", "read"],
  ["GET", `/v1/test-calls/${NOBODY}`, "read"],
  ["GET", `/v1/checks/${NOBODY}`, "read"],
  ["GET", `/v1/plans/${NOBODY}`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/standing`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/smoke`, "read"],
  ["GET", `/v1/rollouts/${NOBODY}/events`, "read"],
  ["POST", `/v1/rollouts/${NOBODY}/resume`, "apply"],
  ["GET", "/v1/reasons", "read"],
  ["GET", `/v1/connections/${NOBODY}`, "read"],
  ["GET", `/v1/connections/${NOBODY}/standing`, "read"],
  ["POST", `/v1/connections/${NOBODY}/test`, "manage"],
  ["POST", "/v1/manifests/validate", "publish"],
  ["GET", "/v1/manifests/x", "read"],
  ["GET", "/v1/overlays/after-hours", "read"],
  ["GET", `/v1/webhooks/${NOBODY}`, "webhooks"],
  ["POST", "/v1/api-keys", "keys"],
  ["DELETE", "/v1/api-keys/AAAAAAAAAAAA", "keys"],
] as const;

/** What asks for no key, and the stream of changes, which does not end: its own tests open it. */
const NOT_ASKED_HERE: ReadonlySet<string> = new Set([
  "POST /auth/claim",
  "POST /auth/invitation",
  "POST /auth/local",
  "POST /auth/logout",
  "GET /live",
  "GET /ready",
  "GET /v1/session",
  "GET /v1/stream",
]);

test("constructor injection has its metadata", () => {
  expect(Reflect.getMetadata("design:paramtypes", PlansController)[2]).toBe(ReleaseCompiler);
  expect(Reflect.getMetadata("design:paramtypes", DeploymentsController)).toHaveLength(3);
});

test("every documented route is in the table", () => {
  const documented = Object.entries(api.document.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const isAsked = (route: string) => {
    const asked = new RegExp(`^${route.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
    return ROUTES.some(([method, url]) => asked.test(`${method} ${url}`));
  };
  expect(documented.filter((route) => !isAsked(route) && !NOT_ASKED_HERE.has(route))).toEqual([]);
  expect([...NOT_ASKED_HERE].filter((route) => !documented.includes(route))).toEqual([]);
});

test("each role gets exactly what the table gives it", async () => {
  const tenant = await api.tenant("matrix");
  for (const role of ROLES) {
    const key = await api.key(tenant, role);
    const ask = async ([method, url, permission]: (typeof ROUTES)[number]) => {
      const isAllowed = (permissions[permission] as readonly ActorRole[]).includes(role);
      const { status } = await api.ask(key, method, url, method === "GET" ? undefined : { nonsense: true });
      if (isAllowed) expect(status, `${role} ${method} ${url}`).not.toBe(403);
      else expect(status, `${role} ${method} ${url}`).toBe(403);
    };
    await Promise.all(ROUTES.map(ask));
  }
});

test("a platform key sees tenants and no tenant's deployments", async () => {
  const key = await api.key(null, "platform-admin");
  expect((await api.ask(key, "GET", "/v1/tenants")).status).toBe(200);
  expect((await api.ask(key, "GET", "/v1/deployments")).status).toBe(403);
  expect((await api.ask(key, "GET", "/v1/deployments/x/summary")).status).toBe(403);
  expect((await api.ask(key, "POST", "/v1/deployments/x/rollback", {})).status).toBe(403);
});

test("metrics are told to a platform key: requests by route and status, without ids", async () => {
  const key = await api.key(null, "platform-admin");
  await api.ask(key, "GET", "/v1/tenants");
  await api.ask(key, "GET", `/v1/nowhere/${NOBODY}`);
  const { status, headers, body } = await api.ask(key, "GET", "/metrics");
  expect(status).toBe(200);
  expect(headers["content-type"]).toContain("text/plain");
  expect(body).toMatch(/tandem_api_requests_total\{method="GET",route="\/v1\/tenants",status="200"\} [1-9]/);
  expect(body).toContain("tandem_api_available 1");
  expect(body).not.toContain(NOBODY);
  expect((await api.ask(null, "GET", "/metrics")).status).toBe(401);
});

test("no key, a cut key, a forged key and a revoked key are all the same 401", async () => {
  const tenant = await api.tenant("locked");
  const admin = await api.key(tenant, "tenant-admin");
  const viewer = await api.key(tenant, "viewer");
  const forged = (await api.key(tenant, "viewer")).replace(/_[^_]{43}_/, `_${"0".repeat(43)}_`);
  for (const key of [null, viewer.slice(0, -1), forged]) {
    for (const url of ["/v1/deployments", "/v1/deployments/x/summary"]) {
      const answer = await api.ask(key, "GET", url);
      expect(answer.status).toBe(401);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(answer.body).toMatchObject({ code: "unauthenticated", status: 401 });
    }
  }
  expect((await api.ask(viewer, "GET", "/v1/deployments")).status).toBe(200);
  const { body: keys } = await api.ask(admin, "GET", "/v1/api-keys");
  const viewerId = viewer.split("_")[2];
  expect(keys.items.map((item: { keyId: string }) => item.keyId)).toContain(viewerId);
  expect((await api.ask(admin, "DELETE", `/v1/api-keys/${viewerId}`)).status).toBe(204);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect((await api.ask(viewer, "GET", "/v1/deployments")).status).toBe(401);
  expect((await api.ask(viewer, "GET", "/v1/deployments/x/summary")).status).toBe(401);
});

test("a tenant's key makes keys of its own tenant only, and shows them once", async () => {
  const [mine, other] = [await api.tenant("mine"), await api.tenant("other")];
  const admin = await api.key(mine, "tenant-admin");
  const once = { "idempotency-key": "make-the-ci-key" };
  const made = await api.ask(admin, "POST", "/v1/api-keys", { name: "ci", roles: ["ci"] }, once);
  const again = await api.ask(admin, "POST", "/v1/api-keys", { name: "ci", roles: ["ci"] }, once);
  expect(again.body).toEqual({ ...made.body, key: null });
  expect(made.status).toBe(201);
  expect(made.body.key).toMatch(/^tdm_live_/);
  expect((await api.ask(made.body.key, "GET", "/v1/deployments")).status).toBe(200);
  expect(JSON.stringify((await api.ask(admin, "GET", "/v1/api-keys")).body)).not.toContain(made.body.key.split("_")[3]);
  for (const body of [
    { name: "x", roles: ["viewer"], tenantId: other.id },
    { name: "x", roles: ["platform-admin"] },
  ]) {
    expect((await api.ask(admin, "POST", "/v1/api-keys", body)).status).toBe(403);
  }
});
