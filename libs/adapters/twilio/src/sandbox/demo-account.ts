import type { SandboxWorld } from "@tandem/ports/sandbox";
import { type AccountRow, accounts, type NumberRow, numbers } from "./rows.ts";

/** The account that exists in a fresh sandbox. Emulated credentials: they open nothing but this emulator. */
export const demoAccount = {
  accountSid: "AC5a0dbeefd3a0000000000000000000a1",
  authToken: "sandbox-twilio-auth-token",
  apiKeySid: "SK5a0dbeefd3a0000000000000000000b1",
  apiKeySecret: "sandbox-twilio-api-key-secret",
  /** The first is for the demo deployment; all route to a page outside Tandem at first. */
  numbers: ["+15550100001", "+15550100002", "+15550100003", "+15550100004"],
} as const;

/** Where a number of a new account points before Tandem has it. */
export const initialVoiceUrl = "https://demo.twilio.com/welcome/voice/";

/** Adds an account with its numbers unless it is there. */
export function plantAccount(world: SandboxWorld, account: AccountRow, phoneNumbers: readonly string[]): void {
  if (accounts(world).get(account.sid) === undefined) accounts(world).put(account.sid, account);
  for (const phoneNumber of phoneNumbers) {
    if (
      numbers(world)
        .all()
        .some((row) => row.phoneNumber === phoneNumber)
    )
      continue;
    const row = newNumber(world, account.sid, phoneNumber);
    numbers(world).put(row.sid, row);
  }
}

export function newNumber(world: SandboxWorld, accountSid: string, phoneNumber: string): NumberRow {
  return {
    sid: world.newId("PN", 34),
    accountSid,
    phoneNumber,
    friendlyName: phoneNumber,
    voiceUrl: initialVoiceUrl,
    voiceMethod: "POST",
    voiceFallbackUrl: "",
    voiceFallbackMethod: "POST",
    statusCallback: "",
    statusCallbackMethod: "POST",
    voiceApplicationSid: "",
    trunkSid: "",
    createdAt: world.now(),
    updatedAt: world.now(),
  };
}

export function plantDemo(world: SandboxWorld): void {
  const { accountSid, authToken, apiKeySid, apiKeySecret } = demoAccount;
  const key = { sid: apiKeySid, secret: apiKeySecret, type: "standard", permissions: [] } as const;
  const row: AccountRow = { sid: accountSid, friendlyName: "Tandem demo", authToken, status: "active", keys: [key] };
  plantAccount(world, row, demoAccount.numbers);
}
