import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { AppError, type Secret } from "@tandem/kernel";

/** Signs texts that are to be believed outside of this installation: Ed25519, base64url. */
export interface Signer {
  readonly keyId: string;
  /** JWK text of the public half. */
  readonly publicJwk: string;
  sign(text: string): string;
}

/** Checks signatures by the keys it knows. */
export interface SignatureCheck {
  /** Public JWK texts, the one in force first. */
  readonly publicJwks: readonly string[];
  /** False for an unknown key, too. */
  isGenuine(keyId: string, text: string, signature: string): boolean;
}

type Jwk = {
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly d?: string;
  readonly kid?: string;
};

/** RFC 7638 thumbprint of a public Ed25519 key. */
const thumbprint = (x: string): string =>
  createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url");

const publicText = (x: string): string =>
  JSON.stringify({ kty: "OKP", crv: "Ed25519", x, kid: thumbprint(x), use: "sig", alg: "EdDSA" });

/** A new key pair as two JWK texts. */
export function makeSigningKeys(): { readonly publicJwk: string; readonly privateJwk: string } {
  const { x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { publicJwk: publicText(x), privateJwk: JSON.stringify({ ...JSON.parse(publicText(x)), d }) };
}

/** Throws `config_invalid`, naming `variable`, for what is no private Ed25519 JWK. */
export function makeSigner(privateJwk: Secret, variable: string): Signer {
  const jwk = readJwk(privateJwk.reveal(), variable);
  if (jwk.d === undefined) throw invalid(variable, "a private Ed25519 JWK");
  const key = readKey(() => createPrivateKey({ key: { ...jwk }, format: "jwk" }), variable);
  return {
    keyId: thumbprint(jwk.x),
    publicJwk: publicText(jwk.x),
    sign: (text) => sign(null, Buffer.from(text), key).toString("base64url"),
  };
}

/** `publicJwks`: one public JWK, or a JSON array of them while keys rotate. Throws `config_invalid`, naming `variable`. */
export function makeSignatureCheck(publicJwks: string, variable: string): SignatureCheck {
  const parsed = parse(publicJwks, variable);
  const keys = (Array.isArray(parsed) ? parsed : [parsed]).map((each) => readJwk(JSON.stringify(each), variable));
  const byId = new Map<string, KeyObject>(
    keys.map(({ x }) => {
      const key = { kty: "OKP", crv: "Ed25519", x };
      return [thumbprint(x), readKey(() => createPublicKey({ key, format: "jwk" }), variable)];
    }),
  );
  return {
    publicJwks: keys.map(({ x }) => publicText(x)),
    isGenuine: (keyId, text, signature) => {
      const key = byId.get(keyId);
      return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url"));
    },
  };
}

function readJwk(text: string, variable: string): Jwk & { readonly x: string } {
  const jwk = parse(text, variable) as Jwk | null;
  if (jwk?.kty !== "OKP" || jwk.crv !== "Ed25519" || typeof jwk.x !== "string")
    throw invalid(variable, "an Ed25519 JWK");
  return { ...jwk, x: jwk.x };
}

function readKey(read: () => KeyObject, variable: string): KeyObject {
  try {
    return read();
  } catch {
    throw invalid(variable, "an Ed25519 JWK");
  }
}

function parse(text: string, variable: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(variable, "a JWK in JSON");
  }
}

const invalid = (variable: string, what: string): AppError =>
  new AppError("config_invalid", `${variable} must be ${what}`);
