import type * as associationsModule from "@hubspot/api-client/lib/codegen/crm/associations/v4/index.js";
import type * as contactsModule from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import type * as dealsModule from "@hubspot/api-client/lib/codegen/crm/deals/index.js";
import type * as notesModule from "@hubspot/api-client/lib/codegen/crm/objects/notes/index.js";
import type * as pipelinesModule from "@hubspot/api-client/lib/codegen/crm/pipelines/index.js";
import type * as propertiesModule from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import { type JsonObject, VendorError } from "@tandem/kernel";
import type { ConnectionContext } from "@tandem/ports/adapter";
import { vendorCalls } from "@tandem/ports/vendor-call";
import { descriptor } from "./descriptor.ts";
import { readFailure, RefusedAnswer } from "./errors.ts";

const VENDOR_ORIGIN = "https://api.hubapi.com";

/** Changes a request's body after the SDK has built it. */
export type Rewrite = (body: JsonObject) => JsonObject;

/** The SDK's typed operations that we use. Other files reach the SDK through this type only. */
export interface HubspotApi {
  readonly properties: propertiesModule.CoreApi;
  readonly groups: propertiesModule.GroupsApi;
  /** `rewrite` adds what the vendor documents and the SDK's model leaves out. */
  pipelines(rewrite?: Rewrite): pipelinesModule.PipelinesApi;
  readonly contacts: contactsModule.BasicApi;
  readonly contactSearch: contactsModule.SearchApi;
  readonly deals: dealsModule.BasicApi;
  readonly dealBatch: dealsModule.BatchApi;
  readonly notes: notesModule.BasicApi;
  readonly noteBatch: notesModule.BatchApi;
  readonly associations: associationsModule.BasicApi;
  /** What the token is; not among the SDK's typed operations. */
  tokenInfo(): Promise<unknown>;
}

/** Requests of one port call, under its deadline. */
export interface HubspotRequests {
  read<Answer, Result>(send: (api: HubspotApi) => Promise<Answer>, parse: (answer: Answer) => Result): Promise<Result>;
  write<Answer, Result>(send: (api: HubspotApi) => Promise<Answer>, parse: (answer: Answer) => Result): Promise<Result>;
}

export interface HubspotClient {
  run<Result>(operation: string, body: (requests: HubspotRequests) => Promise<Result>): Promise<Result>;
}

interface Sdk {
  readonly associations: typeof associationsModule;
  readonly contacts: typeof contactsModule;
  readonly deals: typeof dealsModule;
  readonly notes: typeof notesModule;
  readonly pipelines: typeof pipelinesModule;
  readonly properties: typeof propertiesModule;
}

/**
 * Loads the SDK's operation modules, not its `Client`: that one keeps limiter and retries in a process-global service and gives no way to
 * abort. The modules take a transport of ours instead; requests and answers are built and read by the SDK.
 */
async function loadSdk(): Promise<Sdk> {
  const [associations, contacts, deals, notes, pipelines, properties] = await Promise.all([
    import("@hubspot/api-client/lib/codegen/crm/associations/v4/index.js"),
    import("@hubspot/api-client/lib/codegen/crm/contacts/index.js"),
    import("@hubspot/api-client/lib/codegen/crm/deals/index.js"),
    import("@hubspot/api-client/lib/codegen/crm/objects/notes/index.js"),
    import("@hubspot/api-client/lib/codegen/crm/pipelines/index.js"),
    import("@hubspot/api-client/lib/codegen/crm/properties/index.js"),
  ]);
  return { associations, contacts, deals, notes, pipelines, properties };
}

/** Builds a client for one connection. Nothing of it is shared with another. */
export async function openHubspot(context: ConnectionContext): Promise<HubspotClient> {
  const sdk = await loadSdk();
  const accessToken = requireToken(context);
  const origin = context.baseUrl ?? VENDOR_ORIGIN;
  const calls = vendorCalls({
    vendor: descriptor.id,
    clock: context.clock,
    deadlineMs: context.deadlineMs,
    readFailure,
    hidden: () => Object.values(context.secrets).map((secret) => secret.reveal()),
  });
  const apiUnder = (signal: AbortSignal): HubspotApi => makeApi(sdk, { origin, accessToken, signal });
  return {
    run: (operation, body) =>
      calls.run(operation, (requests) =>
        body({
          read: (send, parse) => requests.read(async (signal) => parse(await send(apiUnder(signal)))),
          write: (send, parse) => requests.write(async (signal) => parse(await send(apiUnder(signal)))),
        }),
      ),
  };
}

function requireToken(context: ConnectionContext): string {
  const token = context.secrets["accessToken"]?.reveal();
  if (token !== undefined && token !== "") return token;
  const message = "hubspot: the connection has no secret `accessToken`";
  throw new VendorError(message, { vendor: "hubspot", operation: "open", fault: "unauthorized", effect: "none" });
}

interface Route {
  readonly origin: string;
  readonly accessToken: string;
  readonly signal: AbortSignal;
}

/** What every operation module of the SDK has in common. */
interface OperationModule<Configuration> {
  readonly ServerConfiguration: new (url: string, variables: Record<string, never>) => unknown;
  readonly ResponseContext: new (status: number, headers: Record<string, string>, body: never) => unknown;
  readonly wrapHttpLibrary: (library: never) => unknown;
  readonly createConfiguration: (parameters: never) => Configuration;
}

function makeApi(sdk: Sdk, route: Route): HubspotApi {
  const configured = <Configuration>(area: OperationModule<Configuration>, rewrite?: Rewrite): Configuration =>
    area.createConfiguration({
      baseServer: new area.ServerConfiguration(route.origin, {}),
      httpApi: area.wrapHttpLibrary({ send: (request: Outgoing) => transport(area, route, request, rewrite) } as never),
      authMethods: { oauth2: { accessToken: route.accessToken } },
    } as never);
  const { associations, contacts, deals, notes, pipelines, properties } = sdk;
  return {
    properties: new properties.CoreApi(configured(properties)),
    groups: new properties.GroupsApi(configured(properties)),
    pipelines: (rewrite) => new pipelines.PipelinesApi(configured(pipelines, rewrite)),
    contacts: new contacts.BasicApi(configured(contacts)),
    contactSearch: new contacts.SearchApi(configured(contacts)),
    deals: new deals.BasicApi(configured(deals)),
    dealBatch: new deals.BatchApi(configured(deals)),
    notes: new notes.BasicApi(configured(notes)),
    noteBatch: new notes.BatchApi(configured(notes)),
    associations: new associations.BasicApi(configured(associations)),
    tokenInfo: () => postTokenInfo(route),
  };
}

/** The SDK's request, as far as a transport needs it. */
interface Outgoing {
  getUrl(): string;
  getHttpMethod(): string;
  getHeaders(): Record<string, string>;
  getBody(): unknown;
}

/** Sends once, with the call's abort signal. The body is read whole here, so that a torn answer is a network failure. */
async function transport(
  area: OperationModule<unknown>,
  route: Route,
  request: Outgoing,
  rewrite: Rewrite | undefined,
): Promise<unknown> {
  const body = request.getBody();
  const rewritten =
    rewrite !== undefined && typeof body === "string" ? JSON.stringify(rewrite(JSON.parse(body) as JsonObject)) : body;
  const { status, headers, text } = await exchange(request.getUrl(), route.signal, {
    method: request.getHttpMethod(),
    headers: request.getHeaders(),
    ...(rewritten === undefined ? {} : { body: rewritten as string }),
  });
  const read = { text: async () => text, binary: async () => Buffer.from(text) };
  return new area.ResponseContext(status, headers, read as never);
}

async function postTokenInfo(route: Route): Promise<unknown> {
  const { text } = await exchange(`${route.origin}/oauth/v2/private-apps/get/access-token-info`, route.signal, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${route.accessToken}` },
    body: JSON.stringify({ tokenKey: route.accessToken }),
  });
  return JSON.parse(text);
}

async function exchange(
  url: string,
  signal: AbortSignal,
  init: RequestInit,
): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly text: string }> {
  const response = await fetch(url, { ...init, signal, redirect: "error" });
  const text = await response.text();
  if (response.status >= 400) throw new RefusedAnswer(response.status, text, response.headers.get("retry-after"));
  return { status: response.status, headers: Object.fromEntries(response.headers), text };
}
