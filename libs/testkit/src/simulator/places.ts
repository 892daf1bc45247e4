import { buildBundle, type BundleWish, CONNECTION_ID, NUMBER } from "../builders/bundle.ts";
import { DEPLOYMENT_ID, TENANT_ID } from "../builders/deployment.ts";

/** Where a simulated rollout takes place. */
export interface Place {
  readonly tenantId: string;
  readonly deploymentId: string;
  readonly connectionId: string;
  readonly number: string;
}

const OTHER_TENANT_ID = "00000000-0000-7000-8000-00000000000b";
const OTHER_CONNECTION_ID = "00000000-0000-7000-8000-0000000000c2";

/** Two deployments of one tenant, which have the account in common, and one of another tenant. */
export const places: readonly [Place, Place, Place] = [
  { tenantId: TENANT_ID, deploymentId: DEPLOYMENT_ID, connectionId: CONNECTION_ID, number: NUMBER },
  {
    tenantId: TENANT_ID,
    deploymentId: "00000000-0000-7000-8000-00000000001d",
    connectionId: CONNECTION_ID,
    number: "+15550100011",
  },
  {
    tenantId: OTHER_TENANT_ID,
    deploymentId: "00000000-0000-7000-8000-00000000002d",
    connectionId: OTHER_CONNECTION_ID,
    number: "+15550100012",
  },
];

/** Tenant id → its vendor account, named apart from the tenant so that neither can be taken for the other. */
export const accounts: Readonly<Record<string, string>> = {
  [TENANT_ID]: "account-one",
  [OTHER_TENANT_ID]: "account-two",
};

/** What is in each account's credential and must be seen nowhere else. */
export const canaryOf = (account: string): string => `canary-${account}-7f3a91`;

const built = new Map<string, ReturnType<typeof buildBundle>>();

/** A release for a place. Kept, as few differ. */
export function releaseFor(place: Place, wish: Omit<BundleWish, "deploymentId">): ReturnType<typeof buildBundle> {
  const { deploymentId, connectionId, number } = place;
  const key = JSON.stringify([deploymentId, wish]);
  const known = built.get(key) ?? buildBundle({ deploymentId, connectionId, number, ...wish });
  built.set(key, known);
  return known;
}
