import type {
  auth as Auth,
  calendar as calendarFactory,
  calendar_v3,
} from "googleapis/build/src/apis/calendar/index.js";
import type { ConnectionContext } from "@tandem/ports/adapter";
import { type VendorRequests, vendorCalls } from "@tandem/ports/vendor-call";
import { VendorError } from "@tandem/kernel";
import { descriptor, GoogleConfig } from "./descriptor.ts";
import { readFailure } from "./errors.ts";

type CalendarModule = { readonly auth: typeof Auth; readonly calendar: typeof calendarFactory };
type AuthClient = InstanceType<(typeof Auth)["OAuth2"]>;

/** The SDK's calendar client; other files use it through this type only. */
export type CalendarApi = calendar_v3.Calendar;
/** What every SDK call is given besides its parameters. */
export interface SendOptions {
  readonly signal: AbortSignal;
  readonly headers?: Record<string, string>;
}

/** One authorised request. */
export type Send<Answer> = (api: CalendarApi, options: SendOptions) => Promise<{ readonly data: Answer }>;

/** Requests of one port call, authorised, without SDK retries, under the call's deadline. */
export interface GoogleRequests {
  read<Answer, Result>(send: Send<Answer>, parse: (data: Answer) => Result): Promise<Result>;
  write<Answer, Result>(send: Send<Answer>, parse: (data: Answer) => Result): Promise<Result>;
  /** Gets a new access token, whatever is in memory: its scopes, and when the refresh token behind it ends (null: never, or not told). */
  renew(): Promise<{ readonly scopes: readonly string[]; readonly endsAtMs: number | null }>;
}

export interface GoogleClient {
  run<Result>(operation: string, body: (requests: GoogleRequests) => Promise<Result>): Promise<Result>;
  /** Client id or service account: how the credential names itself. */
  readonly credentialName: string;
}

/** Loads the SDK (the calendar API only) and builds a client for one connection. */
export async function openGoogle(context: ConnectionContext): Promise<GoogleClient> {
  const sdk: CalendarModule = await import("googleapis/build/src/apis/calendar/index.js");
  const config = GoogleConfig.parse(context.config);
  const authClient = makeAuthClient(sdk, config, context);
  redirect(authClient, context);
  const api = sdk.calendar({
    version: "v3",
    auth: authClient,
    retry: false,
    retryConfig: { retry: 0 },
    ...(context.baseUrl === null ? {} : { rootUrl: context.baseUrl }),
  });
  const calls = vendorCalls({
    vendor: descriptor.id,
    clock: context.clock,
    deadlineMs: context.deadlineMs,
    readFailure,
    hidden: () => [
      ...Object.values(context.secrets).map((secret) => secret.reveal()),
      authClient.credentials.access_token ?? "",
    ],
  });
  return {
    credentialName: config.auth === "oauth" ? config.clientId : (config.subject ?? secret(context, "clientEmail")),
    run: (operation, body) =>
      calls.run(operation, (requests) => body(authorised(requests, api, { authClient, context }))),
  };
}

function makeAuthClient(sdk: CalendarModule, config: GoogleConfig, context: ConnectionContext): AuthClient {
  const { baseUrl } = context;
  const shared = { useAuthRequestParameters: false };
  if (config.auth === "oauth") {
    const client = new sdk.auth.OAuth2({
      ...shared,
      clientId: config.clientId,
      clientSecret: secret(context, "clientSecret"),
      ...(baseUrl === null
        ? {}
        : { endpoints: { oauth2TokenUrl: `${baseUrl}/token`, tokenInfoUrl: `${baseUrl}/tokeninfo` } }),
    });
    client.setCredentials({ refresh_token: secret(context, "refreshToken") });
    return client;
  }
  return new sdk.auth.JWT({
    ...shared,
    email: secret(context, "clientEmail"),
    key: secret(context, "privateKey").replaceAll("\\n", "\n"),
    scopes: Object.keys(descriptor.requiredScopes),
    ...(config.subject === undefined ? {} : { subject: config.subject }),
  });
}

function secret(context: ConnectionContext, name: string): string {
  const value = context.secrets[name]?.reveal();
  if (value !== undefined && value !== "") return value;
  const message = `google: the connection has no secret \`${name}\``;
  throw new VendorError(message, { vendor: "google", operation: "open", fault: "unauthorized", effect: "none" });
}

/**
 * The last word on every request of this client, token requests included: no SDK retry, a time limit, and the sandbox's
 * origin where one is set (a service account's token address can be changed in no other way).
 */
function redirect(authClient: AuthClient, context: ConnectionContext): void {
  authClient.transporter.interceptors.request.add({
    resolved: async (request) => {
      request.retry = false;
      request.retryConfig = { retry: 0, noResponseRetries: 0 };
      request.signal ??= AbortSignal.timeout(context.deadlineMs);
      if (context.baseUrl !== null) {
        request.headers.set("x-original-host", request.url.host);
        request.url = new URL(request.url.pathname + request.url.search, context.baseUrl);
      }
      return request;
    },
  });
}

interface Authorising {
  readonly authClient: AuthClient;
  readonly context: ConnectionContext;
}

function authorised(requests: VendorRequests, api: CalendarApi, { authClient, context }: Authorising): GoogleRequests {
  /** A request of its own, so that a token that cannot be had is known to have changed nothing. */
  const authorise = (): Promise<string> =>
    requests
      .read(async () => (await authClient.getAccessToken()).token ?? "")
      .catch((error: unknown) => forget(authClient, error));
  const once =
    <Answer, Result>(send: Send<Answer>, parse: (data: Answer) => Result) =>
    async (signal: AbortSignal): Promise<Result> =>
      parse((await send(api, { signal })).data);
  return {
    read: async (send, parse) => {
      await authorise();
      return requests.read(once(send, parse)).catch((error: unknown) => forget(authClient, error));
    },
    write: async (send, parse) => {
      await authorise();
      return requests.write(once(send, parse)).catch((error: unknown) => forget(authClient, error));
    },
    renew: async () => {
      expire(authClient);
      const token = await authorise();
      const { scopes } = await requests.read(() => authClient.getTokenInfo(token));
      return { scopes, endsAtMs: endOf(authClient, context) };
    },
  };
}

/** Drops the access token that was refused, so that the next call asks for a new one; passes the error on. */
function forget(authClient: AuthClient, error: unknown): never {
  if (error instanceof VendorError && error.facts.fault === "unauthorized") expire(authClient);
  throw error;
}

function expire(authClient: AuthClient): void {
  const refreshToken = authClient.credentials.refresh_token;
  authClient.setCredentials({ ...(refreshToken ? { refresh_token: refreshToken } : {}), expiry_date: 1 });
}

/** Google tells with each access token how long the refresh token lives, where it does not live for ever. */
function endOf({ credentials }: AuthClient, { clock }: ConnectionContext): number | null {
  const { refresh_token_expires_in: leftSeconds } = credentials as { readonly refresh_token_expires_in?: unknown };
  return typeof leftSeconds === "number" ? clock.now() + leftSeconds * 1000 : null;
}
