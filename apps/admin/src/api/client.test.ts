import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "./client.ts";
import { ApiProblem } from "./problem.ts";
import { signInGate } from "./sign-in-gate.ts";

interface Asked {
  readonly address: string;
  readonly method: string;
  readonly headers: Record<string, string>;
}
const asked: Asked[] = [];
let answers: (() => Response)[] = [];

const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  () =>
    Response.json(body, { status, headers });
const problem = (status: number, code: string, more: object = {}) =>
  json({ type: "t", title: "T", status, code, detail: "D", fix: "F", instance: "i", ...more }, status);

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (address: string, { method, headers }: Asked) => {
    asked.push({ address, method, headers });
    const answer = answers.shift();
    return answer === undefined ? Promise.reject(new TypeError("away")) : Promise.resolve(answer());
  });
});
afterEach(() => vi.unstubAllGlobals());

test("an address is filled in, the tenant is named, and an ETag comes back", async () => {
  answers = [json({ overlay: {} }, 200, { etag: '"7"' })];
  const read = await api.versioned("/v1/deployments/{reference}/configuration", {
    tenant: "acme",
    path: { reference: "a/b" },
  });
  expect(read).toEqual({ body: { overlay: {} }, etag: '"7"' });
  expect(asked[0]).toMatchObject({
    address: "/v1/deployments/a%2Fb/configuration",
    method: "GET",
    headers: { "tandem-tenant": "acme" },
  });
});

test("lines of JSON are taken as the text that they are", async () => {
  const lines = '{"line":"begin"}\n{"line":"end"}\n';
  answers = [() => new Response(lines, { headers: { "content-type": "application/x-ndjson; charset=utf-8" } })];
  expect(await api.get("/v1/audit/export", { tenant: "acme" })).toBe(lines);
});

test("a problem has its code, its fix and its places", async () => {
  answers = [problem(422, "invalid_input", { errors: [{ path: "/name", message: "is taken" }] })];
  const refused = await api.get("/v1/deployments").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiProblem);
  expect(refused).toMatchObject({ code: "invalid_input", fix: "F", status: 422, traceId: "i" });
  expect((refused as ApiProblem).at("/name")).toBe("is taken");
});

test("a write without an answer is sent once more under the same key", async () => {
  const away = (): never => {
    throw new TypeError("away");
  };
  answers = [away, json({ id: "1" }, 201)];
  vi.stubGlobal("fetch", async (address: string, { method, headers }: Asked) => {
    asked.push({ address, method, headers });
    return answers.shift()?.();
  });
  await api.post("/v1/deployments/{reference}/drift", { path: { reference: "a" } });
  expect(asked).toHaveLength(2);
  expect(asked[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
  expect(asked[1]?.headers["idempotency-key"]).toBe(asked[0]?.headers["idempotency-key"]);
});

test("no answer at all is a problem that may pass", async () => {
  answers = [];
  await expect(api.get("/v1/deployments")).rejects.toMatchObject({ code: "unreachable", isTransient: true });
});

test("a request whose session has ended waits for the sign-in and goes on", async () => {
  answers = [problem(401, "unauthenticated"), json({ items: [], next: null })];
  const leave = signInGate.attend();
  const list = api.get("/v1/deployments", { tenant: "acme" });
  await vi.waitFor(() => expect(signInGate.get()).toBe("expired"));
  expect(asked).toHaveLength(1);
  signInGate.settle(true);
  expect(await list).toEqual({ items: [], next: null });
  leave();
});

test("a write that wants the password once more goes on under the same key", async () => {
  answers = [problem(403, "reauthentication_required"), json({}, 202)];
  const leave = signInGate.attend();
  const sent = api.post("/v1/deployments/{reference}/rollback", { path: { reference: "a" } });
  await vi.waitFor(() => expect(signInGate.get()).toBe("confirm"));
  signInGate.settle(true);
  await sent;
  expect(asked[1]?.headers["idempotency-key"]).toBe(asked[0]?.headers["idempotency-key"]);
  leave();
});

test("whoever does not sign in gets the refusal, and without a dialog nobody waits", async () => {
  answers = [problem(401, "unauthenticated"), problem(401, "unauthenticated")];
  await expect(api.get("/v1/deployments")).rejects.toMatchObject({ code: "unauthenticated" });
  const leave = signInGate.attend();
  const list = api.get("/v1/deployments");
  await vi.waitFor(() => expect(signInGate.get()).toBe("expired"));
  signInGate.settle(false);
  await expect(list).rejects.toMatchObject({ code: "unauthenticated" });
  leave();
});
