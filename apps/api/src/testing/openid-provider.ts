import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Whom the provider takes the browser for. */
export type ProviderPerson = Readonly<Record<string, unknown>> & { readonly sub: string };

/** How the provider can misbehave. */
export type Misbehaviour = "wrong-nonce" | "wrong-audience" | "wrong-key" | "expired" | "no-id-token";

/** An OpenID provider on this machine: discovery, authorization with PKCE, tokens signed with RS256. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Whose answers `visit` gives. */
  person: ProviderPerson;
  misbehaviour: Misbehaviour | null;
  /** What the browser does at the authorization address: the address that it is sent back to. */
  visit(authorization: string): Promise<URL>;
  close(): Promise<void>;
}

interface Asked {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirectUri: string;
  readonly person: ProviderPerson;
}

const CLIENT = { id: "tandem", secret: "client-secret" };
const key = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strange = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const openIdSettings = (issuer: string) => ({
  TANDEM_OIDC_ISSUER: issuer,
  TANDEM_OIDC_CLIENT_ID: CLIENT.id,
  TANDEM_OIDC_CLIENT_SECRET: CLIENT.secret,
});

export async function openIdProvider(): Promise<OpenIdProvider> {
  const codes = new Map<string, Asked>();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OpenIdProvider = {
    issuer,
    person: { sub: "nobody" },
    misbehaviour: null,
    visit: async (authorization) => {
      const answer = await fetch(authorization, { redirect: "manual" });
      const location = answer.headers.get("location");
      if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      return new URL(location);
    },
    close: () => new Promise((done) => server.close(() => done())),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer);
    if (url.pathname === "/.well-known/openid-configuration") return answer(response, 200, metadata(issuer));
    if (url.pathname === "/keys")
      return answer(response, 200, {
        keys: [{ ...key.publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }],
      });
    if (url.pathname === "/authorize") return authorize(url.searchParams, response);
    if (url.pathname === "/token")
      return answer(response, ...tokens(await form(request), request.headers.authorization));
    answer(response, 404, {});
  }

  function authorize(asked: URLSearchParams, response: ServerResponse): void {
    const wanted = ["client_id", "redirect_uri", "state", "nonce", "code_challenge"].map((name) => asked.get(name));
    const [client, redirectUri, state, nonce, challenge] = wanted;
    if (client !== CLIENT.id || !redirectUri || !state || !nonce || !challenge)
      return answer(response, 400, { error: "invalid_request" });
    if (asked.get("code_challenge_method") !== "S256" || asked.get("response_type") !== "code")
      return answer(response, 400, { error: "invalid_request" });
    const code = randomUUID();
    codes.set(code, { nonce, challenge, redirectUri, person: provider.person });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state, iss: issuer }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  function tokens(given: URLSearchParams, authorization: string | undefined): [number, object] {
    const basic = Buffer.from((authorization ?? "").replace("Basic ", ""), "base64").toString();
    const isClient = basic === `${CLIENT.id}:${CLIENT.secret}` || given.get("client_secret") === CLIENT.secret;
    const asked = codes.get(given.get("code") ?? "");
    codes.delete(given.get("code") ?? "");
    const verifier = createHash("sha256")
      .update(given.get("code_verifier") ?? "")
      .digest("base64url");
    if (
      !isClient ||
      asked === undefined ||
      asked.challenge !== verifier ||
      asked.redirectUri !== given.get("redirect_uri")
    )
      return [400, { error: "invalid_grant" }];
    const token = { access_token: "access", token_type: "Bearer", expires_in: 60 };
    if (provider.misbehaviour === "no-id-token") return [200, token];
    return [200, { ...token, id_token: idToken(asked, issuer, provider.misbehaviour) }];
  }

  return provider;
}

function idToken({ nonce, person }: Asked, issuer: string, misbehaviour: Misbehaviour | null): string {
  const now = Math.floor(Date.now() / 1000);
  const at = misbehaviour === "expired" ? now - 7200 : now;
  const claims = {
    iss: issuer,
    aud: misbehaviour === "wrong-audience" ? "somebody-else" : CLIENT.id,
    iat: at,
    exp: at + 300,
    auth_time: now,
    nonce: misbehaviour === "wrong-nonce" ? "another" : nonce,
    ...person,
  };
  const text = [{ alg: "RS256", kid: "k1" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const { privateKey } = misbehaviour === "wrong-key" ? strange : key;
  return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
}

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
});

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function form(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
