const SCOPE = "https://www.googleapis.com/auth/";

/** The account that exists before anybody writes. Its secrets open nothing but this sandbox. */
export const demoAccount = {
  account: "office@demo-dental.example",
  clientId: "100000000001-demo.apps.googleusercontent.com",
  clientSecret: "sandbox-client-secret",
  refreshToken: "1//sandbox-refresh-token",
  scopes: [
    `${SCOPE}calendar.calendars`,
    `${SCOPE}calendar.calendarlist.readonly`,
    `${SCOPE}calendar.events`,
    `${SCOPE}calendar.freebusy`,
  ],
  timeZone: "America/New_York",
} as const;
