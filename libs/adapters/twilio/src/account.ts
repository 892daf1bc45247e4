import type { E164 } from "@tandem/domain/tenant";
import type { NumberRouting } from "@tandem/ports/telephony";
import { type VendorCalls, type VendorRequests, vendorCalls } from "@tandem/ports/vendor-call";
import type { ConnectionContext } from "@tandem/ports/adapter";
import { Secret } from "@tandem/kernel";
import { openTwilioClient, type TwilioClient } from "./client.ts";
import { TwilioConfig } from "./descriptor.ts";
import { readFailure } from "./errors.ts";
import { NumberAnswer } from "./wire.ts";

/** One opened account: how both ports reach it. */
export interface TwilioAccount {
  readonly accountSid: string;
  /** True when requests are authenticated by the auth token itself, which may read the account resource; API keys may not. */
  readonly isMainCredential: boolean;
  readonly client: TwilioClient;
  readonly calls: VendorCalls;
}

/** Opens the account of a connection. Throws a ZodError for a config that the descriptor's schema refuses. */
export async function openAccount(context: ConnectionContext): Promise<TwilioAccount> {
  const config = TwilioConfig.parse(context.config);
  const authToken = context.secrets["authToken"] ?? new Secret("");
  const isMainCredential = config.apiKeySid === undefined;
  const password = isMainCredential ? authToken : (context.secrets["apiKeySecret"] ?? new Secret(""));
  const client = await openTwilioClient({
    accountSid: config.accountSid,
    username: config.apiKeySid ?? config.accountSid,
    password,
    baseUrl: context.baseUrl,
    deadlineMs: context.deadlineMs,
  });
  const calls = vendorCalls({
    vendor: "twilio",
    clock: context.clock,
    deadlineMs: context.deadlineMs,
    readFailure,
    hidden: () => Object.values(context.secrets).map((secret) => secret.reveal()),
  });
  return { accountSid: config.accountSid, isMainCredential, client, calls };
}

/** The number with this id, or null when the account does not own it (any more). */
export async function fetchNumber(
  account: TwilioAccount,
  requests: VendorRequests,
  numberId: string,
): Promise<NumberAnswer | null> {
  try {
    return await requests.read((signal) =>
      account.client.send(signal, async (sdk) => NumberAnswer.parse(await sdk.incomingPhoneNumbers(numberId).fetch())),
    );
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The account's number with exactly these digits, or null. Twilio matches by prefix, so the answer is compared. */
export async function findNumber(
  account: TwilioAccount,
  requests: VendorRequests,
  number: E164,
): Promise<NumberAnswer | null> {
  const found = await requests.read((signal) =>
    account.client.send(signal, (sdk) => sdk.incomingPhoneNumbers.list({ phoneNumber: number, pageSize: 50 })),
  );
  const own = found.find((each) => each.phoneNumber === number);
  return own === undefined ? null : NumberAnswer.parse(own);
}

/** Writes the whole voice routing in one request; empty text clears. Returns the number as answered. */
export const writeNumber = (
  account: TwilioAccount,
  requests: VendorRequests,
  routing: NumberRouting,
): Promise<NumberAnswer> =>
  requests.write((signal) =>
    account.client.send(signal, async (sdk) =>
      NumberAnswer.parse(
        await sdk.incomingPhoneNumbers(routing.numberId).update({
          voiceUrl: routing.voiceUrl,
          voiceMethod: routing.voiceMethod,
          voiceFallbackUrl: routing.voiceFallbackUrl,
          voiceFallbackMethod: routing.voiceFallbackMethod,
          statusCallback: routing.statusCallbackUrl,
          statusCallbackMethod: routing.statusCallbackMethod,
          ...override(routing),
        }),
      ),
    ),
  );

/** Trunk and application exclude each other: naming one clears the other, so only the wanted one is sent beside the clearing. */
function override(routing: NumberRouting): { trunkSid?: string; voiceApplicationSid?: string } {
  if (routing.trunkId !== "") return { trunkSid: routing.trunkId };
  if (routing.applicationId !== "") return { voiceApplicationSid: routing.applicationId };
  return { trunkSid: "", voiceApplicationSid: "" };
}

const isMissing = (error: unknown): boolean => (error as { facts?: { fault?: string } }).facts?.fault === "not-found";
