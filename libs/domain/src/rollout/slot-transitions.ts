import { z } from "zod";
import type { SlotState } from "../slot/index.ts";

/** What can happen to a slot. */
export const SlotEvent = z.enum([
  /** An apply is about to change something in it. */
  "write-begun",
  /** The whole bundle is applied, read back and smoke-tested. */
  "smoke-passed",
  /** The pointer came to it. */
  "pointer-gained",
  /** A switch or detach took the pointer away; its content stays good. */
  "pointer-lost",
  /** A rollback took the pointer, or a canary's share, away: its content is not wanted any more. */
  "abandoned",
  /** Its last call ended; its content is still good. */
  "drained",
  /** The last call of an abandoned slot ended. */
  "discarded",
  /** Everything it owned at vendors is gone. */
  "cleaned",
]);
export type SlotEvent = z.infer<typeof SlotEvent>;

/** Why a slot cannot do something. */
export const slotRefusals = {
  "slot-is-active": "Callers are on this slot: only switch, rollback and detach may touch it.",
  "slot-draining": "Calls in progress are still on this slot: wait until they end.",
  "slot-not-active": "The pointer is not on this slot.",
  "slot-not-ready": "The slot holds no complete, smoke-tested release.",
} as const;
export type SlotRefusalCode = keyof typeof slotRefusals;

/** A cell: the next state, or a refusal. */
export type SlotCell = SlotState | { readonly refuse: SlotRefusalCode };

const no = (refuse: SlotRefusalCode): SlotCell => ({ refuse });

/** The complete table, slot state × event (ruling 19); a test walks every cell. */
export const slotTransitions: Readonly<Record<SlotState, Readonly<Record<SlotEvent, SlotCell>>>> = {
  empty: {
    "write-begun": "tainted",
    "smoke-passed": no("slot-not-ready"),
    "pointer-gained": no("slot-not-ready"),
    "pointer-lost": no("slot-not-active"),
    abandoned: no("slot-not-active"),
    drained: "empty",
    discarded: "empty",
    cleaned: "empty",
  },
  tainted: {
    "write-begun": "tainted",
    "smoke-passed": "ready",
    "pointer-gained": no("slot-not-ready"),
    "pointer-lost": no("slot-not-active"),
    abandoned: no("slot-not-active"),
    drained: "tainted",
    discarded: "tainted",
    cleaned: "empty",
  },
  ready: {
    "write-begun": "tainted",
    "smoke-passed": "ready",
    "pointer-gained": "active",
    "pointer-lost": no("slot-not-active"),
    abandoned: "draining",
    drained: "ready",
    discarded: "tainted",
    cleaned: "empty",
  },
  active: {
    "write-begun": no("slot-is-active"),
    "smoke-passed": no("slot-is-active"),
    "pointer-gained": "active",
    "pointer-lost": "draining",
    abandoned: "draining",
    drained: no("slot-is-active"),
    discarded: no("slot-is-active"),
    cleaned: no("slot-is-active"),
  },
  draining: {
    "write-begun": no("slot-draining"),
    "smoke-passed": no("slot-not-ready"),
    "pointer-gained": "active",
    "pointer-lost": no("slot-not-active"),
    abandoned: "draining",
    drained: "ready",
    discarded: "tainted",
    cleaned: "empty",
  },
};

/** The slot's next state, or the coded refusal. */
export const nextSlotState = (state: SlotState, event: SlotEvent): SlotCell => slotTransitions[state][event];
