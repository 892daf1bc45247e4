import type { Telephony } from "@tandem/ports/telephony";
import type { TwilioAccount } from "./account.ts";
import { withOverrides } from "./signature.ts";
import { PlacedCallAnswer } from "./wire.ts";

const MOST_LISTED = 50;

type Placing = Pick<Telephony, "placeCall" | "placedCalls" | "placedCall">;

/** Calls that the account places. A machine is waited for to the end of its greeting, so that a message meets its tone. */
export function placing({ calls, client }: TwilioAccount): Placing {
  return {
    placeCall: (wish) =>
      calls.run("place call", (requests) =>
        requests.write((signal) =>
          client.send(signal, async (sdk) => {
            const created = await sdk.calls.create({
              from: wish.from,
              to: wish.to,
              url: withOverrides(wish.answerUrl),
              method: "POST",
              statusCallback: wish.statusUrl,
              statusCallbackMethod: "POST",
              timeout: wish.ringSeconds,
              ...(wish.detectsMachine ? { machineDetection: "DetectMessageEnd" } : {}),
            });
            return PlacedCallAnswer.parse(created).call;
          }),
        ),
      ),
    placedCalls: ({ from, to, sinceMs }) =>
      calls.run("placed calls", async (requests) => {
        const found = await requests.read((signal) =>
          client.send(signal, (sdk) => sdk.calls.list({ from, to, pageSize: MOST_LISTED, limit: MOST_LISTED })),
        );
        return found
          .map((each) => PlacedCallAnswer.parse(each))
          .filter(({ direction }) => direction === "outbound-api")
          .filter(({ dateCreated }) => (dateCreated?.getTime() ?? 0) >= Math.floor(sinceMs / 1000) * 1000)
          .map(({ call }) => call);
      }),
    placedCall: (callId) =>
      calls.run("placed call", async (requests) => {
        try {
          return await requests.read((signal) =>
            client.send(signal, async (sdk) => PlacedCallAnswer.parse(await sdk.calls(callId).fetch()).call),
          );
        } catch (error) {
          if (isMissing(error)) return null;
          throw error;
        }
      }),
  };
}

const isMissing = (error: unknown): boolean => (error as { facts?: { fault?: string } }).facts?.fault === "not-found";
