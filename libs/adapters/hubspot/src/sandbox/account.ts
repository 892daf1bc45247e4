/** The portal that exists before anybody writes. Its token opens nothing but this sandbox. */
export const demoAccount = {
  hubId: 24680135,
  appId: 1357911,
  userId: 4711,
  accessToken: "pat-na1-sandbox-access-token",
  clientSecret: "sandbox-client-secret",
  scopes: [
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
  ],
} as const;
