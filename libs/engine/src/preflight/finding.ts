import type { Finding } from "@tandem/domain/plan";

/** What each finding of preflight says: fixed severity, summary and fix. `docs/errors.md` is generated from it. */
export const findingCatalog = {
  "credential-missing": {
    severity: "error",
    summary: "A connection has no credential",
    fix: "Store a credential for the connection.",
  },
  "credential-refused": {
    severity: "error",
    summary: "The vendor refuses the credential",
    fix: "Store a valid credential for the connection.",
  },
  "credential-unsealed": {
    severity: "error",
    summary: "A stored credential cannot be opened",
    fix: "Check the sealing keys of API and worker.",
  },
  "credential-expired": {
    severity: "error",
    summary: "The credential has expired",
    fix: "Store a new credential for the connection.",
  },
  "credential-expiring": {
    severity: "warning",
    summary: "The credential expires soon",
    fix: "Rotate the credential before it expires.",
  },
  "credential-ends-in-bake": {
    severity: "error",
    summary: "The credential ends before the rollout does",
    fix: "Store a new credential for the connection, then resume.",
  },
  "account-unpaid": {
    severity: "error",
    summary: "The vendor waits for a payment",
    fix: "Pay the vendor's open invoice.",
  },
  "account-on-trial": {
    severity: "error",
    summary: "The vendor account is a trial, which does not serve every caller",
    fix: "Upgrade the account at the vendor.",
  },
  "account-trial-only": {
    severity: "warning",
    summary: "The vendor account is a trial: production would refuse it",
    fix: "Upgrade the account at the vendor before production.",
  },
  "account-not-active": {
    severity: "error",
    summary: "The vendor account is not active",
    fix: "Reactivate the account at the vendor.",
  },
  "permission-missing": {
    severity: "error",
    summary: "The credential lacks a permission",
    fix: "Grant the permission at the vendor.",
  },
  "permissions-unknown": {
    severity: "note",
    summary: "The vendor does not tell what the credential may do",
    fix: "Compare its permissions with the vendor's page in our docs.",
  },
  "vendor-unreachable": {
    severity: "error",
    summary: "The vendor does not answer",
    fix: "Try again; see the vendor's status page.",
  },
  "number-missing": {
    severity: "warning",
    summary: "The deployment has no phone number",
    fix: "Give the deployment a number; until then nobody can call it.",
  },
  "number-not-owned": {
    severity: "error",
    summary: "The account does not own the number",
    fix: "Use a number of this account, or the account of this number.",
  },
  "number-account-changed": {
    severity: "error",
    summary: "The attached number is held in another account than the one configured",
    fix: "Name the account that the number was attached in, or detach first.",
  },
  "number-changed": {
    severity: "error",
    summary: "The deployment has another number than the one that is attached",
    fix: "Detach first, so that the old number's routing is restored; then roll out with the new one.",
  },
  "number-adoptable": {
    severity: "note",
    summary: "The number will be pointed at our ingress at the first switch",
    fix: "Nothing: what it points at now is stored and can be restored.",
  },
  "trunk-dropped": {
    severity: "warning",
    summary: "Pointing the number at our ingress takes it off its trunk",
    fix: "Make sure that nobody relies on the trunk; detach puts it back.",
  },
  "application-overridden": {
    severity: "warning",
    summary: "Pointing the number at our ingress takes it off its carrier application",
    fix: "Make sure that nobody relies on the application; detach puts it back.",
  },
  "routing-drifted": {
    severity: "warning",
    summary: "The number was pointed elsewhere outside Tandem",
    fix: "Check who did it; this rollout points it back.",
  },
  "voice-address-missing": {
    severity: "error",
    summary: "The bundle does not say where calls to the number go",
    fix: "Declare voiceUrl in the playbook's telephony.number resource.",
  },
  "fallback-address-missing": {
    severity: "error",
    summary: "The number has no fallback address",
    fix: "Declare voiceFallbackUrl, so that a failure of the media service does not lose calls.",
  },
  "fallback-shares-failure": {
    severity: "warning",
    summary: "The fallback address fails together with the voice address",
    fix: "Set TANDEM_FALLBACK_URL to a document outside the media service.",
  },
  "overrides-missing": {
    severity: "warning",
    summary: "The carrier would wait its long default time before it falls back",
    fix: "Give the voice address connection overrides (#ct=…&rt=…&tt=…&rc=…).",
  },
  "audio-mismatch": {
    severity: "error",
    summary: "The agent's audio is not what the carrier sends",
    fix: "Set the playbook's agent audio to the carrier's encoding.",
  },
  "concurrency-spent": {
    severity: "error",
    summary: "The account has no room for another call",
    fix: "Raise the limit at the vendor or wait.",
  },
  "concurrency-short": {
    severity: "error",
    summary: "The account's limit is below the calls to be expected",
    fix: "Raise the limit at the vendor to the calls to be expected.",
  },
  "concurrency-low": {
    severity: "warning",
    summary: "The account has little room for more calls",
    fix: "Raise the limit at the vendor.",
  },
  "live-object-missing": {
    severity: "warning",
    summary: "An object that live calls need is gone at the vendor",
    fix: "Divert calls to a person until this rollout has made it anew.",
  },
  "object-drifted": {
    severity: "warning",
    summary: "An object was changed at the vendor outside Tandem",
    fix: "Look at the plan: it is put back in the slot that is filled. Or decide: tandem drift adopt, revert or ignore.",
  },
  "fallback-missing": {
    severity: "error",
    summary: "There is no human path",
    fix: "Name a fallback number, a human path and an emergency number.",
  },
  "forwarding-loop": {
    severity: "error",
    summary: "A call would come back to the number it came from",
    fix: "Use another number than the deployment's own for fallback, staff and human path.",
  },
  "ingress-unreachable": {
    severity: "error",
    summary: "Our ingress cannot be reached from outside",
    fix: "Check TANDEM_PUBLIC_URL and what stands in front of the media service.",
  },
  "vendor-transfer-refused": {
    severity: "error",
    summary: "The hosted agent uses the vendor's own transfer, which does not work on registered calls",
    fix: "Use a tool with operation call.transfer instead.",
  },
  "agent-undeclared": {
    severity: "error",
    summary: "The bundle declares no resource for its hosted agent",
    fix: "Name the agent's resource in agent.resource.",
  },
  "stream-missing": {
    severity: "error",
    summary: "The carrier has no audio stream that our own engine could speak on",
    fix: "Connect the number's carrier to one with media streams, or choose a hosted agent.",
  },
  "stream-encoding": {
    severity: "error",
    summary: "Our own engine speaks the carrier's µ-law at 8 kHz only",
    fix: "Set the playbook's agent audio to mulaw at 8000 Hz.",
  },
  "chain-without-fallback": {
    severity: "warning",
    summary: "A chain names the same model three times: nothing takes over when it fails",
    fix: "Name another provider or model as fallback.",
  },
  "chain-on-one-account": {
    severity: "note",
    summary: "All of a chain depends on one provider",
    fix: "Name a second provider where an outage of the first must not be heard.",
  },
  "provider-refused": {
    severity: "error",
    summary: "A provider refuses the release's settings",
    fix: "Correct model, voice and settings of the chain, or the account behind it.",
  },
  "provider-silent": {
    severity: "warning",
    summary: "A fallback provider does not answer",
    fix: "Try again; see the provider's status page.",
  },
  "provider-slow": {
    severity: "warning",
    summary: "A provider is slower than the release's latency target for its part",
    fix: "Choose a faster model or a nearer region, or change the target.",
  },
  "provider-too-slow": {
    severity: "error",
    summary: "A provider needs more than twice the release's latency target for its part",
    fix: "Choose a faster model or a nearer region, or change the target.",
  },
  "turn-slow": {
    severity: "warning",
    summary: "The first choices together are slower than the release's end-to-end target",
    fix: "Choose faster providers, or a slower latency profile.",
  },
  "providers-measured": {
    severity: "note",
    summary: "The providers of the release answered",
    fix: "Nothing.",
  },
  "vendors-measured": {
    severity: "note",
    summary: "The vendors answered",
    fix: "Nothing.",
  },
  "vendor-slow": {
    severity: "warning",
    summary: "A vendor sometimes needs longer than a tool waits",
    fix: "Give the tool more time, or use a region of the vendor that is nearer.",
  },
  "vendor-too-slow": {
    severity: "error",
    summary: "A vendor mostly needs longer than a tool waits",
    fix: "Give the tool more time, or use a region of the vendor that is nearer.",
  },
  "canary-refused": {
    severity: "error",
    summary: "The vendor refuses a test booking or a test contact",
    fix: "Give the account the right to write there; the detail says what it refused.",
  },
  "canary-left": {
    severity: "error",
    summary: "A test object is still there after it was removed",
    fix: "Remove it at the vendor, then resume.",
  },
  "canary-untried": {
    severity: "note",
    summary: "No test booking was made",
    fix: "Nothing: the next rollout tries it.",
  },
  "slot-draining": {
    severity: "warning",
    summary: "Calls in progress are still on the slot that would be filled",
    fix: "Nothing: apply waits until they have ended.",
  },
  "safety-net-lagging": {
    severity: "warning",
    summary: "The vendor that holds the number does not follow the pointer yet",
    fix: "Nothing for callers, who follow the pointer through our webhook; look at the agent vendor's status and at the connection's credential.",
  },
  "reduced-evidence": {
    severity: "note",
    summary: "The smoke test will skip writes at this vendor",
    fix: "Set the connection's smokeWrites to test-objects for fuller evidence.",
  },
} as const satisfies Record<string, Pick<Finding, "severity" | "summary" | "fix">>;

/** Codes that preflight can raise. */
export type FindingCode = keyof typeof findingCatalog;

/** A finding about an address; `detail` holds values, never secret ones. `fix`: where it can be said more exactly than the catalogue does. */
export const finding = (
  code: FindingCode,
  address: string,
  detail: string,
  fix: string = findingCatalog[code].fix,
): Finding => ({ ...findingCatalog[code], code, address, detail, fix });
