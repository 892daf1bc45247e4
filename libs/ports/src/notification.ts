import type { CredentialSecrets, InboundRequest } from "./inbound.ts";

/** One thing that changed at a vendor outside of calls: a contact, a calendar. Says where to look, not what is there now. */
export interface VendorNotification {
  /** The vendor's word for it, e.g. `contact.propertyChange`. */
  readonly subject: string;
  /** Id of what changed in the vendor's account. */
  readonly objectId: string;
  /** ISO 8601; null when the vendor does not tell. */
  readonly occurredAt: string | null;
  /** The same notification again has the same identity. */
  readonly identity: string;
}

/** What a vendor that only notifies brings to the ingress. No SDK behind it. */
export interface NotificationIngress {
  readonly vendor: string;
  /** True when the request is the vendor's own and fresh. False, never a throw, for anything else. */
  verify(request: InboundRequest, secrets: CredentialSecrets): boolean;
  /** Null when the request is not what the vendor sends. Call only after `verify`. */
  read(request: InboundRequest): readonly VendorNotification[] | null;
}
