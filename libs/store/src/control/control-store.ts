import type { ControlStore } from "@tandem/ports/store/control";
import { openPool } from "../database/pool.ts";
import { openTenantDb } from "../database/tenant-db.ts";
import { evidenceLookMethods } from "../evidence/evidence-looks.ts";
import { fleetMethods } from "../fleet/fleet-methods.ts";
import { resolveOptions, type StoreOptions } from "../options.ts";
import { invitationMethods } from "../persons/invitations.ts";
import { memberMethods } from "../persons/members.ts";
import { personMethods } from "../persons/persons.ts";
import { providerPersonMethods } from "../persons/provider-person.ts";
import { personSessionMethods } from "../persons/sessions.ts";
import { signInMethods } from "../persons/sign-in.ts";
import { answers, newViewCaches } from "../rollouts/rollout-store.ts";
import { apiKeyMethods } from "./api-keys.ts";
import { authenticationMethods } from "./authentication.ts";
import { callStatisticsMethods } from "./call-statistics.ts";
import { connectionMethods } from "./connections.ts";
import { connectionStandingMethods } from "./connection-standings.ts";
import { connectionVoiceMethods } from "./connection-voices.ts";
import type { ControlContext } from "./context.ts";
import { deploymentMethods } from "./deployments.ts";
import { driftMethods } from "./drift.ts";
import { freezeMethods } from "./freezes.ts";
import { gatePolicyMethods } from "./gate-policies.ts";
import { historyMethods } from "./history.ts";
import { idempotencyMethods } from "./idempotency.ts";
import { kpiSeriesMethods } from "./kpi-series.ts";
import { incidentMethods } from "./incidents.ts";
import { linkMethods } from "./links.ts";
import { mediaNodeMethods } from "./media-nodes.ts";
import { manifestMethods } from "./manifests.ts";
import { outboundCallMethods } from "./outbound-calls.ts";
import { overlayMethods } from "./overlays.ts";
import { overviewMethods } from "../overview/overview-methods.ts";
import { planMethods } from "./plans.ts";
import { playbookMethods } from "./playbooks.ts";
import { replayMethods } from "./replays.ts";
import { rolloutReadMethods } from "./rollout-reads.ts";
import { rolloutMethods } from "./rollouts.ts";
import { sessionMethods } from "./sessions.ts";
import { credentialMethods } from "../tenant-life/credential-requests.ts";
import { tenantLifeMethods } from "../tenant-life/requests.ts";
import { testCallMethods } from "./test-calls.ts";
import { tenantMethods } from "./tenants.ts";
import { trafficMethods } from "./traffic.ts";
import { waitingRolloutMethods } from "./waiting-rollouts.ts";
import { auditReadMethods } from "./audit-reads.ts";
import { webhookDeliveryMethods } from "./webhook-deliveries.ts";
import { webhookMethods } from "./webhooks.ts";

/** The API's door. `options.url` logs in as `tandem_api`, which may also become `tandem_platform`. */
export function openControlStore(options: StoreOptions): ControlStore {
  const resolved = resolveOptions(options);
  const pool = openPool(resolved);
  const context: ControlContext = { pool, db: openTenantDb(pool), caches: newViewCaches(), options: resolved };
  return {
    ...authenticationMethods(context),
    ...personSessionMethods(context),
    ...signInMethods(context),
    ...invitationMethods(context),
    ...providerPersonMethods(context),
    ...memberMethods(context),
    ...personMethods(context),
    ...tenantMethods(context),
    ...tenantLifeMethods(context),
    ...credentialMethods(context),
    ...manifestMethods(context),
    ...overlayMethods(context),
    ...overviewMethods(context),
    ...playbookMethods(context),
    ...connectionMethods(context),
    ...connectionStandingMethods(context),
    ...connectionVoiceMethods(context),
    ...deploymentMethods(context),
    ...planMethods(context),
    ...driftMethods(context),
    ...replayMethods(context),
    ...rolloutMethods(context),
    ...rolloutReadMethods(context),
    ...trafficMethods(context),
    ...gatePolicyMethods(context),
    ...freezeMethods(context),
    ...mediaNodeMethods(context),
    ...linkMethods(context),
    ...waitingRolloutMethods(context),
    ...outboundCallMethods(context),
    ...fleetMethods(context),
    ...historyMethods(context),
    ...auditReadMethods(context),
    ...webhookMethods(context),
    ...webhookDeliveryMethods(context),
    ...sessionMethods(context),
    ...callStatisticsMethods(context),
    ...kpiSeriesMethods(context),
    ...incidentMethods(context),
    ...testCallMethods(context),
    ...evidenceLookMethods(context),
    ...apiKeyMethods(context),
    ...idempotencyMethods(context),
    ping: () => answers(pool),
    close: async () => {
      await context.db.close();
      await pool.end();
    },
  };
}
