import type { Actor, ActorRole } from "@tandem/ports/store/control";
import type { OutboundCallRow } from "@tandem/ports/store/outbound";
import { permissions } from "../auth/permission.ts";

const seesNumbers: readonly ActorRole[] = [...permissions.call, ...permissions.transcripts];
/** Of a masked number the last two digits are left, so that two calls can be told apart. */
const SHOWN_DIGITS = 2;

/** A call-back for readers: who is called is shown whole to those who may place calls or read what is said on them. */
export const presentOutboundCall =
  ({ roles }: Actor) =>
  (call: OutboundCallRow): OutboundCallRow =>
    roles.some((role) => seesNumbers.includes(role))
      ? call
      : { ...call, to: call.to === null ? null : masked(call.to) };

const masked = (number: string): string =>
  `+${"•".repeat(Math.max(0, number.length - 1 - SHOWN_DIGITS))}${number.slice(-SHOWN_DIGITS)}`;
