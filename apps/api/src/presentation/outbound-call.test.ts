import type { Actor, ActorRole } from "@tandem/ports/store/control";
import type { OutboundCallRow } from "@tandem/ports/store/outbound";
import { expect, test } from "vitest";
import { presentOutboundCall } from "./outbound-call.ts";

const call = { id: "1", to: "+15550190002" } as OutboundCallRow;
const shownTo = (...roles: ActorRole[]) =>
  presentOutboundCall({ tenantId: "t", subject: "key:x", roles, via: "api", requestId: "r" } satisfies Actor)(call).to;

test.each<ActorRole[]>([["operator"], ["ci"], ["tenant-admin"], ["viewer", "operator"]])(
  "who may place calls or read them sees whom: %s %s",
  (...roles) => {
    expect(shownTo(...roles.filter((role) => role !== undefined))).toBe("+15550190002");
  },
);

test.each<ActorRole>(["viewer", "author", "approver", "auditor"])(
  "%s sees that there was a call, and not whom",
  (role) => {
    expect(shownTo(role)).toBe("+•••••••••02");
  },
);

test.each<ActorRole>(["viewer", "operator"])("a number whose days are over is shown to no %s", (role) => {
  const actor: Actor = { tenantId: "t", subject: "key:x", roles: [role], via: "api", requestId: "r" };
  expect(presentOutboundCall(actor)({ ...call, to: null }).to).toBeNull();
});
