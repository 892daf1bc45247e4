import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
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

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema?: object }> }>;
  readonly requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  readonly parameters?: readonly { name: string; in: string }[];
}

const operations = (): [string, string, Operation][] =>
  Object.entries(api.document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]): [string, string, Operation] => [
      method,
      path,
      operation,
    ]),
  );

test("the document is OpenAPI 3.1, is served, and has a page", async () => {
  expect(api.document.openapi).toBe("3.1.0");
  expect((await api.ask(null, "GET", "/openapi.json")).body).toMatchObject({ openapi: "3.1.0" });
  expect((await api.ask(null, "GET", "/docs")).status).toBeLessThan(400);
});

test("every operation documents its answer, and query parameters are there", () => {
  expect(operations().length).toBeGreaterThan(35);
  for (const [method, path, operation] of operations()) {
    const success = Object.entries(operation.responses).find(([status]) => status.startsWith("2"));
    expect(success, `${method} ${path}`).toBeDefined();
    if (success?.[0] !== "204")
      expect(Object.keys(success?.[1].content ?? {}), `${method} ${path}`).not.toHaveLength(0);
  }
  const list = operations().find(([method, path]) => method === "get" && path === "/v1/deployments");
  expect(list?.[2].parameters?.map(({ name }) => name)).toEqual(expect.arrayContaining(["limit", "cursor"]));
});

test("a member with a default is not required of a request", () => {
  const schemas = api.document.components?.schemas as Record<string, { required?: string[] }>;
  expect(schemas["CreateApiKey"]?.required).not.toContain("expiresInDays");
  expect(schemas["CreateConnection"]?.required ?? []).not.toContain("endpoint");
});

test("answers are what the document says", async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...(JSON.parse(JSON.stringify(api.document)) as object) });
  const tenant = await api.tenant("shapes");
  const key = await api.key(tenant, "tenant-admin", "author", "operator", "auditor");
  const platform = await api.key(null, "platform-admin");
  const connection = await api.ask(key, "POST", "/v1/connections", {
    name: "t",
    vendor: "twilio",
    endpoint: "sandbox",
    config: { accountSid: "AC5a0dbeefd3a0000000000000000000a1" },
  });
  const made = await api.ask(key, "POST", "/v1/deployments", {
    name: "front-desk",
    playbook: "after-hours-answering",
    environment: "staging",
    connections: { telephony: connection.body.id },
  });
  const answers: [string, string, { status: number; body: unknown }][] = [
    ["post", "/v1/connections", connection],
    ["post", "/v1/deployments", made],
    ["get", "/v1/deployments/{reference}", await api.ask(key, "GET", `/v1/deployments/${made.body.id}`)],
    [
      "get",
      "/v1/deployments/{reference}/configuration",
      await api.ask(key, "GET", "/v1/deployments/front-desk/configuration"),
    ],
    ["get", "/v1/deployments/{reference}/rollouts", await api.ask(key, "GET", "/v1/deployments/front-desk/rollouts")],
    [
      "get",
      "/v1/deployments/{reference}/pointer-history",
      await api.ask(key, "GET", "/v1/deployments/front-desk/pointer-history"),
    ],
    ["get", "/v1/deployments/{reference}/sessions", await api.ask(key, "GET", "/v1/deployments/front-desk/sessions")],
    ["post", "/v1/deployments/{reference}/drift", await api.ask(key, "POST", "/v1/deployments/front-desk/drift", {})],
    ["get", "/v1/deployments/{reference}/drift", await api.ask(key, "GET", "/v1/deployments/front-desk/drift")],
    ...(await Promise.all(
      [
        "/v1/drift",
        "/v1/deployments",
        "/v1/connections",
        "/v1/manifests",
        "/v1/vendors",
        "/v1/api-keys",
        "/v1/audit",
      ].map(async (path): Promise<[string, string, { status: number; body: unknown }]> => [
        "get",
        path,
        await api.ask(key, "GET", path),
      ]),
    )),
    ["get", "/v1/gate-policies/{environment}", await api.ask(key, "GET", "/v1/gate-policies/production")],
    [
      "post",
      "/v1/freezes",
      await api.ask(key, "POST", "/v1/freezes", { endsAt: "2099-01-01T00:00:00.000Z", reason: "holidays" }),
    ],
    ["get", "/v1/freezes", await api.ask(key, "GET", "/v1/freezes")],
    [
      "get",
      "/v1/deployments/{reference}/waiting-rollouts",
      await api.ask(key, "GET", "/v1/deployments/front-desk/waiting-rollouts"),
    ],
    ["get", "/live", await api.ask(null, "GET", "/live")],
    ["get", "/ready", await api.ask(null, "GET", "/ready")],
    ["get", "/v1/tenants", await api.ask(platform, "GET", "/v1/tenants")],
    ["post", "/v1/api-keys", await api.ask(key, "POST", "/v1/api-keys", { name: "n", roles: ["viewer"] })],
    ["get", "/v1/overlays/{playbook}", await api.ask(key, "GET", "/v1/overlays/after-hours-answering")],
  ];
  for (const [method, path, answer] of answers) {
    const at = `${method} ${path}`;
    const operation = (api.document.paths[path] as Record<string, Operation> | undefined)?.[method];
    expect(Object.keys(operation?.responses ?? {}), `${at}: ${JSON.stringify(answer.body)}`).toContain(
      String(answer.status),
    );
    const pointer = `openapi#/paths/${path.replaceAll("~", "~0").replaceAll("/", "~1")}/${method}/responses/${answer.status}/content/application~1json/schema`;
    const isValid = ajv.validate({ $ref: encodeURI(pointer) }, answer.body);
    expect(isValid, `${at}: ${ajv.errorsText()} ${JSON.stringify(answer.body)}`).toBe(true);
  }
});

test("a refusal is the documented problem", async () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...(JSON.parse(JSON.stringify(api.document)) as object) });
  const key = await api.key(await api.tenant("refused"), "tenant-admin");
  await api.ask(key, "POST", "/v1/deployments", {
    name: "desk",
    playbook: "after-hours-answering",
    environment: "staging",
    connections: {},
  });
  const answer = await api.ask(key, "POST", "/v1/deployments/desk/divert", {});
  expect(answer.status).toBe(409);
  expect(ajv.validate({ $ref: "openapi#/components/schemas/Problem" }, answer.body), ajv.errorsText()).toBe(true);
  for (const [method, path, { responses }] of operations())
    expect(responses, `${method} ${path}`).toHaveProperty("default");
});

test("what is not there is 404 everywhere", async () => {
  const key = await api.key(await api.tenant("empty"), "tenant-admin", "author", "operator");
  const nothing = randomUUID();
  for (const path of [
    `/v1/plans/${nothing}`,
    `/v1/rollouts/${nothing}`,
    `/v1/checks/${nothing}`,
    `/v1/connections/${nothing}`,
    "/v1/deployments/none",
    `/v1/sessions/${nothing}`,
    "/v1/deployments/none/kpis",
    "/v1/deployments/none/latency",
    "/v1/manifests/none@1.0.0",
    `/v1/rollouts/${nothing}/events`,
  ]) {
    expect((await api.ask(key, "GET", path)).status, path).toBe(404);
  }
});
