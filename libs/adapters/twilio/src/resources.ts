import { canonicalJson, instant, type JsonObject, VendorError } from "@tandem/kernel";
import type { Clock } from "@tandem/kernel";
import type { VendorObject, VendorResources, WriteTarget } from "@tandem/ports/vendor-resources";
import type { NumberRouting } from "@tandem/ports/telephony";
import { fetchNumber, findNumber, type TwilioAccount, writeNumber } from "./account.ts";
import { NumberFields, numberKind } from "./descriptor.ts";
import { type NumberAnswer, routingOf } from "./wire.ts";

/** Phone numbers as managed resources: read and re-pointed, never bought or released. */
export function openResources(account: TwilioAccount, clock: Clock): VendorResources {
  const { calls } = account;
  const seen = (number: NumberAnswer | null) => (number === null ? null : objectOf(number, clock));
  return {
    read: (kind, externalId) => {
      requireKind(kind, "read");
      return calls.run(`read ${kind}`, async (requests) => seen(await fetchNumber(account, requests, externalId)));
    },
    findByKey: (kind, externalKey) => {
      requireKind(kind, "find");
      if (!externalKey.startsWith("+")) return Promise.resolve({ items: [], complete: true });
      return calls.run(`find ${kind}`, async (requests) => {
        const found = seen(await findNumber(account, requests, externalKey));
        return { items: found === null ? [] : [found], complete: true };
      });
    },
    write: async (verb, target) => {
      requireKind(target.kind, verb);
      if (verb !== "update") throw refusal(verb, `a phone number is never bought, published or released by Tandem`);
      const routing = routingFor(target);
      return calls.run(`update ${target.kind}`, async (requests) =>
        seen(await writeNumber(account, requests, routing)),
      );
    },
    reached: (verb, target, found) => {
      if (verb === "delete") return found === null;
      return found !== null && (target.fields === null || canonicalJson(found.fields) === canonicalJson(target.fields));
    },
  };
}

/** Our routing takes effect only when neither trunk nor application overrides it, so both are cleared in the same request. */
function routingFor(target: WriteTarget): NumberRouting {
  const fields = NumberFields.safeParse(target.fields);
  const { voiceUrl, voiceFallbackUrl, statusCallbackUrl } = fields.data ?? {};
  if (
    target.externalId === null ||
    typeof voiceUrl !== "string" ||
    typeof voiceFallbackUrl !== "string" ||
    typeof statusCallbackUrl !== "string"
  )
    throw refusal("update", "the fields are not a phone number's, or references in them are not resolved");
  return {
    numberId: target.externalId,
    voiceUrl,
    voiceMethod: "POST",
    voiceFallbackUrl,
    voiceFallbackMethod: "POST",
    statusCallbackUrl,
    statusCallbackMethod: "POST",
    applicationId: "",
    trunkId: "",
  };
}

function objectOf(number: NumberAnswer, clock: Clock): VendorObject {
  return {
    externalId: number.sid,
    externalKey: null,
    version: null,
    published: true,
    fields: fieldsOf(number),
    readAt: instant(clock.now()),
  };
}

/** The managed fields, and whatever keeps them from taking effect: an override or another method shows as drift. */
function fieldsOf(number: NumberAnswer): JsonObject {
  const routing = routingOf(number);
  const { applicationId, trunkId, voiceMethod, voiceFallbackMethod, statusCallbackMethod } = routing;
  const overrides = { applicationId, trunkId };
  const methods = { voiceMethod, voiceFallbackMethod, statusCallbackMethod };
  return {
    number: number.phoneNumber,
    voiceUrl: routing.voiceUrl,
    voiceFallbackUrl: routing.voiceFallbackUrl,
    statusCallbackUrl: routing.statusCallbackUrl,
    ...Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== "")),
    ...Object.fromEntries(Object.entries(methods).filter(([, value]) => value !== "POST")),
  };
}

function requireKind(kind: string, verb: string): void {
  if (kind !== numberKind.kind) throw refusal(verb, `twilio has no resource kind ${kind}`);
}

const refusal = (verb: string, message: string): VendorError =>
  new VendorError(`twilio ${verb} ${numberKind.kind}: ${message}`, {
    vendor: "twilio",
    operation: `${verb} ${numberKind.kind}`,
    fault: "invalid",
    effect: "none",
  });
