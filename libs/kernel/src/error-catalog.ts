/** Whose doing an error is: decides the HTTP class and whether an operator is told to act. */
export type ErrorKind = "user" | "vendor" | "conflict" | "internal";

interface CatalogEntry {
  readonly kind: ErrorKind;
  /** HTTP status of the problem document. */
  readonly status: number;
  readonly title: string;
  /** What the reader should do next. */
  readonly fix: string;
}

const entry = (kind: ErrorKind, status: number, title: string, fix: string): CatalogEntry => ({
  kind,
  status,
  title,
  fix,
});

/** Every code that the API, the CLI or the engine can answer with. `docs/errors.md` is generated from it. */
export const errorCatalog = {
  invalid_input: entry(
    "user",
    422,
    "The input is not valid",
    "Correct each place named in `errors` and send it again.",
  ),
  malformed_body: entry(
    "user",
    400,
    "The body cannot be read",
    "Send well-formed JSON with `content-type: application/json`.",
  ),
  unsupported_media_type: entry(
    "user",
    415,
    "This content type is not accepted",
    "Use the content type that the OpenAPI document names.",
  ),
  payload_too_large: entry("user", 413, "The body is too large", "Stay within the limit named in `detail`."),
  unauthenticated: entry(
    "user",
    401,
    "No valid credential",
    "Sign in again, or send `Authorization: Bearer <API key>`; create a new key when it is expired or revoked.",
  ),
  sign_in_refused: entry(
    "user",
    401,
    "Signing in is refused",
    "Check address and password; an administrator can invite you, or enable you again.",
  ),
  reauthentication_required: entry(
    "user",
    403,
    "Show again that it is you",
    "Confirm your password or sign in again at your identity provider (`details.how`), then repeat the request within five minutes.",
  ),
  invitation_refused: entry(
    "user",
    410,
    "The link cannot be used",
    "Ask for a new invitation; `npm start` prints a new first-run link while nobody has signed in yet.",
  ),
  provider_unavailable: entry(
    "vendor",
    502,
    "The identity provider does not answer",
    "Try again in a minute; platform administrators with a password can sign in with it.",
  ),
  cross_site_refused: entry(
    "user",
    403,
    "The request comes from another site",
    "Send it from the page that Tandem serves; a program uses an API key instead of a person's session.",
  ),
  forbidden: entry("user", 403, "Your role does not allow this", "Ask an administrator for a role that may do this."),
  tenant_suspended: entry(
    "user",
    403,
    "The tenant is suspended or is leaving",
    "Reading and exporting go on; ask the platform to reactivate the tenant for everything else.",
  ),
  confirmation_missing: entry(
    "user",
    422,
    "This needs a typed confirmation",
    "Send what `detail` names in `confirm`: it cannot be taken back later.",
  ),
  not_found: entry("user", 404, "There is nothing here", "Check the identifier; it may belong to another tenant."),
  method_not_allowed: entry(
    "user",
    405,
    "This method is not allowed here",
    "See the OpenAPI document at /openapi.json.",
  ),
  conflict: entry("conflict", 409, "The state does not allow this", "Read the current state and decide again."),
  already_exists: entry("conflict", 409, "It exists already", "Use the existing one or choose another name."),
  precondition_failed: entry(
    "conflict",
    412,
    "It changed since you read it",
    "Read it again and repeat the change with the new ETag.",
  ),
  precondition_required: entry(
    "conflict",
    428,
    "If-Match is missing",
    "Read the resource and send its ETag in `If-Match`.",
  ),
  webhook_refused: entry(
    "user",
    422,
    "Messages cannot be sent there",
    "Use an https URL on a public host; `details.reason` says what is wrong with this one.",
  ),
  audit_unsigned: entry(
    "internal",
    503,
    "This installation has no key for it",
    "Set the signing keys (`npm run env` makes them; see docs/configuration.md) and start API and worker again.",
  ),
  rate_limited: entry("user", 429, "Too many requests", "Wait for `Retry-After` seconds."),
  idempotency_key_missing: entry(
    "user",
    400,
    "Idempotency-Key is missing",
    "Send a unique `Idempotency-Key` header with every POST.",
  ),
  idempotency_in_flight: entry(
    "conflict",
    409,
    "The same request is still being worked on",
    "Wait and repeat it with the same key.",
  ),
  idempotency_mismatch: entry(
    "user",
    422,
    "This Idempotency-Key was used for another request",
    "Use a new key for a different request.",
  ),
  plan_stale: entry(
    "conflict",
    409,
    "The plan no longer matches what it was made for",
    "Make a new plan; `details.moved` names what moved.",
  ),
  plan_blocked: entry(
    "conflict",
    409,
    "Preflight found errors",
    "Fix the findings with severity error and plan again.",
  ),
  drift_refused: entry(
    "conflict",
    409,
    "This cannot be decided about the drift",
    "See `details.reason`; `details.alternatives` names what can be.",
  ),
  rollout_live: entry(
    "conflict",
    409,
    "This deployment already has a live rollout",
    "Wait for it, abort it, or roll it back.",
  ),
  rollout_refused: entry(
    "conflict",
    409,
    "The rollout cannot do this in its present phase",
    "See `details.phase` and `details.reason`.",
  ),
  fleet_refused: entry(
    "conflict",
    409,
    "The fleet rollout cannot do this in its present state",
    "See `details.reason` and `details.state`; `tandem fleet status` shows where it stands.",
  ),
  incident_refused: entry(
    "conflict",
    409,
    "The incident does not allow this now",
    "See `details.reason`: stacks are cleared in order and with evidence, and a resolved incident takes notes only.",
  ),
  policy_refused: entry(
    "user",
    422,
    "The gate policy of the environment wants more care",
    "Ask for no less than the policy in each member of `details.members`, or have a tenant administrator change the policy.",
  ),
  frozen: entry(
    "conflict",
    409,
    "A freeze window is in force",
    "Wait until `details.endsAt`; whoever holds the role in `details.override` may let it pass with a reason. Rollback and divert always work.",
  ),
  link_refused: entry(
    "conflict",
    409,
    "The link cannot be used",
    "See `details.reason`; ask for a new link, or decide with a key of your own.",
  ),
  outbound_refused: entry(
    "conflict",
    409,
    "Nobody is called",
    "See `details.reason`: consent, calling hours, the one attempt, or a deployment that cannot call now.",
  ),
  rollback_possible: entry(
    "conflict",
    409,
    "A rollback brings this release back at once",
    "Roll back instead: the previous slot still holds the release, and new calls go there with one click.",
  ),
  previous_slot_gone: entry(
    "conflict",
    409,
    "The previous slot is no longer intact",
    "Start a new rollout of the older version (revert).",
  ),
  number_taken: entry(
    "conflict",
    409,
    "This phone number belongs to another deployment",
    "Detach it there first or use another number.",
  ),
  manifest_invalid: entry("user", 422, "The manifest is not valid", "Correct each place named in `errors`."),
  configuration_invalid: entry(
    "user",
    422,
    "The configuration does not fit the playbook",
    "Set each value named in `errors` in the tenant's or the deployment's overlay, then plan again.",
  ),
  version_published: entry(
    "conflict",
    409,
    "This version is already published with other content",
    "Raise the version in the manifest.",
  ),
  connection_unsealed: entry(
    "internal",
    500,
    "A credential cannot be opened",
    "Check that the private sealing key belongs to the public key the API uses.",
  ),
  lease_lost: entry("internal", 500, "Another worker took over", "Nothing to do: the other worker goes on."),
  database_unavailable: entry(
    "internal",
    503,
    "The database does not answer",
    "Calls go on from the last known pointer; check PostgreSQL.",
  ),
  media_unavailable: entry(
    "internal",
    503,
    "No media node answers",
    "See that a media node runs where TANDEM_PUBLIC_URL leads and that API and media have the same TANDEM_TALK_KEY, then repeat the request.",
  ),
  storage_unavailable: entry(
    "internal",
    503,
    "Recordings and pre-rendered audio cannot be read or written",
    "Check the data folder or the bucket named by TANDEM_S3_URL; calls go on without.",
  ),
  internal: entry("internal", 500, "Something went wrong on our side", "Report the trace id; the log holds the cause."),
  config_invalid: entry(
    "user",
    500,
    "The configuration is not valid",
    "Correct the environment variables named in the message.",
  ),
  vendor_throttled: entry(
    "vendor",
    503,
    "The vendor asks us to slow down",
    "Nothing to do: the rollout waits and goes on.",
  ),
  vendor_unauthorized: entry(
    "vendor",
    502,
    "The vendor refuses the credential",
    "Store a valid credential for the connection, then resume.",
  ),
  vendor_forbidden: entry(
    "vendor",
    502,
    "The credential lacks a permission",
    "Grant the scopes named in the finding at the vendor.",
  ),
  vendor_not_found: entry(
    "vendor",
    502,
    "The vendor does not know the object",
    "Plan again: the object will be created anew.",
  ),
  vendor_conflict: entry(
    "vendor",
    502,
    "The vendor says the object exists or changed",
    "Plan again to see the present state.",
  ),
  vendor_invalid: entry(
    "vendor",
    502,
    "The vendor refused our input",
    "See the vendor's message in `detail`; correct the configuration.",
  ),
  vendor_payment: entry(
    "vendor",
    502,
    "The vendor account needs a payment",
    "Settle the account at the vendor, then resume.",
  ),
  vendor_unavailable: entry(
    "vendor",
    502,
    "The vendor does not answer",
    "Nothing to do: it is retried; see the vendor's status page.",
  ),
  vendor_contract: entry(
    "vendor",
    502,
    "The vendor answered outside its contract",
    "Report it: the adapter must be adjusted.",
  ),
} as const satisfies Record<string, CatalogEntry>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof errorCatalog;
