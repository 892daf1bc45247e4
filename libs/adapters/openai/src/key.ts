import { Secret } from "@tandem/kernel";
import type { CredentialSecrets } from "@tandem/ports/inbound";

const NONE = new Secret("");

/** The account's key; an empty one is refused by the service. */
export const keyOf = (secrets: CredentialSecrets): Secret => secrets["apiKey"] ?? NONE;
