import { AppError, Secret } from "@tandem/kernel";
import {
  compactDecrypt,
  CompactEncrypt,
  decodeProtectedHeader,
  generateKeyPair,
  exportJWK,
  importJWK,
  type JWK,
} from "jose";

/** What a sealed credential belongs to; authenticated with it, so that rows cannot be swapped. */
export interface CredentialIdentity {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly version: number;
}

const ALGORITHM = "ECDH-ES+A256KW";

/** A new key pair for an installation: the API gets the public half only. JWK texts with the same `kid`. */
export async function makeSealingKeys(kid: string): Promise<{ publicJwk: string; privateJwk: string }> {
  const pair = await generateKeyPair(ALGORITHM, { crv: "P-256", extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  return { publicJwk: JSON.stringify({ ...publicJwk, kid }), privateJwk: JSON.stringify({ ...privateJwk, kid }) };
}

/** Seals credentials to a public key. The sealer cannot open what it made. */
export interface Sealer {
  readonly kid: string;
  /** Compact JWE of the named secrets. */
  seal(identity: CredentialIdentity, secrets: Readonly<Record<string, Secret>>): Promise<string>;
}

/** A sealer for a public JWK (EC P-256 with `kid`); throws `config_invalid` when the text is no such key. */
export async function makeSealer(publicJwk: string): Promise<Sealer> {
  const jwk = parseJwk(publicJwk, "TANDEM_SEALING_PUBLIC_KEY");
  if (jwk.d !== undefined)
    throw new AppError(
      "config_invalid",
      "TANDEM_SEALING_PUBLIC_KEY holds a private key: give the API the public half only",
    );
  const key = await importJWK(jwk, ALGORITHM);
  return {
    kid: jwk.kid,
    seal: (identity, secrets) => {
      const plain = JSON.stringify(
        Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])),
      );
      return new CompactEncrypt(new TextEncoder().encode(plain))
        .setProtectedHeader({ alg: ALGORITHM, enc: "A256GCM", kid: jwk.kid, ...headerOf(identity) })
        .encrypt(key);
    },
  };
}

/** Opens sealed credentials; lives in worker and media only. */
export interface Opener {
  /** The named secrets; throws `connection_unsealed` when the key is unknown, the text was changed, or it belongs to another identity. */
  open(identity: CredentialIdentity, sealed: string): Promise<Readonly<Record<string, Secret>>>;
}

/** An opener for one private JWK or, while keys rotate, a JSON array of them. */
export async function makeOpener(privateJwks: Secret): Promise<Opener> {
  const parsed = parseJson(privateJwks.reveal(), "TANDEM_SEALING_PRIVATE_KEY");
  const jwks = (Array.isArray(parsed) ? parsed : [parsed]).map((jwk) =>
    parseJwk(JSON.stringify(jwk), "TANDEM_SEALING_PRIVATE_KEY"),
  );
  const keys = new Map(await Promise.all(jwks.map(async (jwk) => [jwk.kid, await importJWK(jwk, ALGORITHM)] as const)));
  return {
    open: async (identity, sealed) => {
      try {
        const header = decodeProtectedHeader(sealed);
        const key = keys.get(header.kid ?? "");
        if (key === undefined) throw new Error(`no private key with kid ${header.kid}`);
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: [ALGORITHM],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        const expected = headerOf(identity);
        for (const [name, value] of Object.entries(expected)) {
          if (protectedHeader[name] !== value) throw new Error(`${name} is another one`);
        }
        const secrets = JSON.parse(new TextDecoder().decode(plaintext)) as Record<string, string>;
        return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
      } catch (error) {
        const why = error instanceof Error ? error.message : "unreadable";
        throw new AppError(
          "connection_unsealed",
          `The credential of connection ${identity.connectionId} cannot be opened: ${why}`,
          {
            details: { connectionId: identity.connectionId, version: identity.version },
          },
        );
      }
    },
  };
}

const headerOf = (identity: CredentialIdentity) => ({
  tenant: identity.tenantId,
  connection: identity.connectionId,
  credentialVersion: identity.version,
});

function parseJson(text: string, variable: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("config_invalid", `${variable} must be a JWK in JSON`);
  }
}

function parseJwk(text: string, variable: string): JWK & { kid: string } {
  const jwk = parseJson(text, variable) as JWK;
  if (jwk.kty !== "EC" || jwk.crv !== "P-256" || typeof jwk.kid !== "string") {
    throw new AppError("config_invalid", `${variable} must be an EC P-256 JWK with a kid`);
  }
  return { ...jwk, kid: jwk.kid };
}
