// The secrets of an installation that nobody configured: made once, kept in .data/secrets.json for its owner only.
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const random = () => randomBytes(32).toString("base64url");

/** A P-256 key pair for ECDH-ES as two JWKs with the same kid, its RFC 7638 thumbprint. */
function sealingKeys() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  const header = { kid, use: "enc", alg: "ECDH-ES+A256KW" };
  return {
    TANDEM_SEALING_PUBLIC_KEY: JSON.stringify({ crv, kty, x, y, ...header }),
    TANDEM_SEALING_PRIVATE_KEY: JSON.stringify({ ...privateKey.export({ format: "jwk" }), ...header }),
  };
}

/** An Ed25519 key pair as two JWKs with the same kid, its RFC 7638 thumbprint. */
function signingKeys() {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url");
  const publicJwk = { kty: "OKP", crv: "Ed25519", x, kid, use: "sig", alg: "EdDSA" };
  return { publicJwk: JSON.stringify(publicJwk), privateJwk: JSON.stringify({ ...publicJwk, d }) };
}

/** Workers sign audit checkpoints and the API knows their public half; proof packs the API signs with a key of its own. */
function auditKeys() {
  const { publicJwk, privateJwk } = signingKeys();
  return { TANDEM_AUDIT_PUBLIC_KEY: publicJwk, TANDEM_AUDIT_PRIVATE_KEY: privateJwk };
}

/** A complete new set, by the name of the environment variable. */
export function makeSecrets() {
  return {
    TANDEM_KEY_PEPPER: random(),
    TANDEM_LINK_KEY: random(),
    TANDEM_INSTALL_KEY: random(),
    TANDEM_TICKET_KEY: random(),
    TANDEM_TALK_KEY: random(),
    ...sealingKeys(),
    ...auditKeys(),
    TANDEM_PROOF_KEY: signingKeys().privateJwk,
    TANDEM_DATABASE_PASSWORD_API: random(),
    TANDEM_DATABASE_PASSWORD_WORKER: random(),
    TANDEM_DATABASE_PASSWORD_MEDIA: random(),
  };
}

/**
 * Every secret by the name of its environment variable: what the environment sets wins, the rest is read from `file`,
 * and what is in neither is made now and added to the file.
 */
export function loadSecrets(file, environment) {
  const kept = existsSync(file) ? parse(file) : {};
  const made = makeSecrets();
  const missing = Object.keys(made).filter((name) => !kept[name]);
  for (const pair of ["TANDEM_SEALING_", "TANDEM_AUDIT_"])
    if (missing.some((name) => name.startsWith(pair)))
      missing.push(...Object.keys(made).filter((name) => name.startsWith(pair)));
  const secrets = { ...kept, ...Object.fromEntries(missing.map((name) => [name, made[name]])) };
  if (missing.length > 0) save(file, secrets);
  const configured = Object.entries(environment).filter(([name, value]) => name in made && value);
  return { ...secrets, ...Object.fromEntries(configured) };
}

function parse(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const fix =
      "Fix: restore it from a backup; or, to start over, remove the whole .data folder (credentials sealed so far are lost).";
    throw new Error(`${file} cannot be read as JSON. ${fix}`, { cause });
  }
}

function save(file, secrets) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}
