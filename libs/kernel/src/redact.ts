import type { Json } from "./json.ts";
import { sha256Hex } from "./hash.ts";

const SECRET_MEMBER = /(secret|token|password|passwd|authorization|api[-_]?key|private[-_]?key|credential|cookie)/i;
const SAFE_MEMBER = /(secretRef|tokenKind|apiKeyId|keyId|credentialId|credentialVersion|requiredSecrets)$/;

/** Whether a member of this name is taken for a secret. */
export const isSecretMember = (name: string): boolean => SECRET_MEMBER.test(name) && !SAFE_MEMBER.test(name);

/** How a secret shows in a diff or a log: its fingerprint and nothing else. */
export const secretFingerprint = (value: string): string => `sha256:${sha256Hex(value).slice(0, 4)}…`;

/** A copy of a JSON value in which members with secret-sounding names say `[redacted]`. The second net behind `Secret`, not the first. */
export function redactMembers(value: Json): Json {
  if (Array.isArray(value)) return value.map(redactMembers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretMember(name) && typeof member === "string" ? "[redacted]" : redactMembers(member),
    ]),
  );
}
