import { AppError } from "@tandem/kernel";
import { type ParsedApiKey, parseApiKey } from "@tandem/secrets";

/** The API key that a request presents; throws `unauthenticated` when there is none or its checksum is wrong. */
export function presentedKey(authorization: string | undefined): ParsedApiKey {
  const text = authorization?.startsWith("Bearer ") === true ? authorization.slice(7).trim() : "";
  if (text === "") throw new AppError("unauthenticated", "Nobody is signed in, and the request carries no API key");
  const parsed = parseApiKey(text);
  if (parsed === null) throw new AppError("unauthenticated", "The API key is malformed: was it cut off?");
  return parsed;
}
