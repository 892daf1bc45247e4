import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { afterEach, vi } from "vitest";
import { makeQueryClient } from "../api/query.ts";
import { type BrowserSession, type PersonTenant, sessionQuery, tenantQuery } from "../shell/session.ts";

/** One request as the stubbed API got it. */
export interface Asked {
  readonly method: string;
  /** Path with its query. */
  readonly address: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is answered to "GET /v1/webhooks": a body, or an answer made from the request. Methods and paths, without queries. */
export type Answers = Readonly<Record<string, object | ((asked: Asked) => Response)>>;

afterEach(() => vi.unstubAllGlobals());

/** Answers by the table in place of the API; what it does not name is not found. The answered list grows with every request. */
export function stubApi(answers: Answers): readonly Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal("fetch", (address: string, { method, headers, body }: RequestInit) => {
    const asked = {
      method: method ?? "GET",
      address,
      body: typeof body === "string" ? JSON.parse(body) : undefined,
      headers: headers as Record<string, string>,
    };
    all.push(asked);
    const answer = answers[`${asked.method} ${address.split("?")[0]}`] ?? (() => refusal(404, "not_found"));
    return Promise.resolve(typeof answer === "function" ? answer(asked) : Response.json(answer));
  });
  return all;
}

/** A refusal as the API writes it. */
export const refusal = (status: number, code: string, more: object = {}): Response =>
  Response.json(
    { type: "t", title: "Refused", status, code, detail: "D", fix: "F", instance: "i", ...more },
    { status },
  );

const TENANT: PersonTenant = {
  id: "1",
  slug: "acme",
  name: "Acme",
  status: "active",
  roles: ["tenant-admin"],
  permissions: [],
  timeZone: "Europe/Berlin",
};
/** Of Anna, a member of the tenant "acme". */
export const SESSION: BrowserSession = {
  person: { id: "anna", email: "anna@acme.example", name: "Anna", hasPassword: true, confirmsWith: "password" },
  session: null,
  platform: null,
  tenants: { items: [TENANT], next: null },
  signIn: { provider: false, local: true, firstRun: false },
};

/** Puts a part on the page as a signed-in member of the tenant "acme" with these permissions sees it. */
export function renderAs(permissions: readonly string[], part: ReactElement): void {
  const client = makeQueryClient();
  client.setDefaultOptions({ queries: { retry: false, staleTime: Infinity } });
  client.setQueryData(sessionQuery.queryKey, SESSION);
  client.setQueryData<PersonTenant>(tenantQuery(TENANT.slug).queryKey, { ...TENANT, permissions });
  render(<QueryClientProvider client={client}>{part}</QueryClientProvider>);
}
