export { type BearerPurpose, hashBearerToken, makeBearerToken } from "./bearer-token.ts";
export { hashPassword, verifyPassword } from "./password.ts";
export { type LinkToken, signLinkToken, verifyLinkToken } from "./link-token.ts";
export { hashApiKeySecret, makeApiKey, type ParsedApiKey, parseApiKey } from "./api-key.ts";
export {
  type CredentialIdentity,
  makeOpener,
  makeSealer,
  makeSealingKeys,
  type Opener,
  type Sealer,
} from "./sealing.ts";
export { openTicket, type SealedTicketPurpose, sealTicket } from "./sealed-ticket.ts";
export { seal, signTicket, type TicketClaims, type TicketPurpose, verifyTicket } from "./ticket.ts";
export { makeSignatureCheck, makeSigner, makeSigningKeys, type SignatureCheck, type Signer } from "./signing-key.ts";
export { makeWebhookSecret, type SignedMessage, webhookHeaders, webhookIdentity } from "./webhook-signature.ts";
