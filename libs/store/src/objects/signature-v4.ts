import { createHash, createHmac } from "node:crypto";

/** Who signs, for where. */
export interface SigningAccount {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
}

/** A request to be signed. Its path and query are written as they are sent: escaped already. */
export interface UnsignedRequest {
  readonly method: string;
  /** Escaped path, beginning with a slash. */
  readonly path: string;
  /** Escaped query without its question mark, parameters sorted. */
  readonly query: string;
  /** Lower-case names; must hold `host` and `x-amz-date`. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body. */
  readonly bodyHash: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

export const sha256 = (body: Uint8Array | string): string => createHash("sha256").update(body).digest("hex");

/** `20130524T000000Z` of an epoch-millisecond time. */
export const amzDate = (epochMs: number): string => new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");

/** The `authorization` header of AWS Signature Version 4. */
export function authorizationOf(request: UnsignedRequest, account: SigningAccount): string {
  const { accessKeyId, secretAccessKey, region, service } = account;
  const date = request.headers["x-amz-date"] ?? "";
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const names = Object.keys(request.headers).toSorted();
  const signedHeaders = names.join(";");
  const canonical = [
    request.method,
    request.path,
    request.query,
    ...names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replaceAll(/ +/g, " ")}`),
    "",
    signedHeaders,
    request.bodyHash,
  ].join("\n");
  const text = [ALGORITHM, date, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const signature = createHmac("sha256", key).update(text).digest("hex");
  return `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
