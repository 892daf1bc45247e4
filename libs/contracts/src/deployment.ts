import { Pointer as PointerShape, PointerCause } from "@tandem/domain/slot";
import { E164, Environment, Role, Slug } from "@tandem/domain/tenant";
import { z } from "zod";
import { InstantText } from "./json.ts";
import { OverlayValues } from "./manifest.ts";
import { pageOf } from "./page.ts";

/** Role → connection id: `telephony`, `voiceAgent`, `calendar`, `crm`, and `provider.<name>` for each provider of the chains. */
export const Connections = z.partialRecord(Role, z.uuid(), {
  error: (issue) => (issue.code === "invalid_key" ? issue.issues[0]?.message : undefined),
});

export const CreateDeployment = z
  .strictObject({
    name: Slug,
    playbook: Slug,
    environment: Environment,
    number: E164.nullable().default(null),
    connections: Connections,
    overlay: OverlayValues.default({}),
  })
  .meta({ id: "CreateDeployment" });
export type CreateDeployment = z.infer<typeof CreateDeployment>;

export const PutConfiguration = z
  .strictObject({ number: E164.nullable(), connections: Connections, overlay: OverlayValues })
  .meta({ id: "PutConfiguration" });
export type PutConfiguration = z.infer<typeof PutConfiguration>;

export const Pointer = z.object(PointerShape.omit({ salt: true }).shape).meta({ id: "Pointer" });
export type Pointer = z.infer<typeof Pointer>;

const SlotView = z
  .object({
    slot: z.enum(["blue", "green"]),
    state: z.enum(["empty", "tainted", "ready", "active", "draining"]),
    bundleHash: z.string().nullable(),
    readyBundleHash: z.string().nullable(),
    verifiedAt: InstantText.nullable(),
    intact: z.boolean(),
    liveCalls: z.int(),
  })
  .meta({ id: "Slot" });

const configuration = {
  number: z.string().nullable(),
  connections: z.record(z.string(), z.string()),
  overlay: OverlayValues,
  configVersion: z.int(),
};

export const Deployment = z
  .object({
    id: z.uuid(),
    name: z.string(),
    playbook: z.string(),
    environment: Environment,
    ingressUrl: z.string().describe("Where the number must point; set by the first switch."),
    ...configuration,
  })
  .meta({ id: "Deployment" });

export const DeploymentSummary = z
  .object({
    ...Deployment.shape,
    pointer: Pointer,
    liveRollout: z.object({ id: z.uuid(), phase: z.string() }).nullable(),
  })
  .meta({ id: "DeploymentSummary" });
export type DeploymentSummary = z.infer<typeof DeploymentSummary>;
export const DeploymentPage = pageOf("DeploymentPage", DeploymentSummary);

export const DeploymentDetail = z
  .object({
    ...DeploymentSummary.shape,
    slots: z.object({ blue: SlotView, green: SlotView }),
    attached: z.boolean(),
    stateSerial: z.int(),
    wayBack: z.object({ possible: z.boolean(), verifiedAt: InstantText.nullable(), reason: z.string().nullable() }),
    safetyNet: z
      .discriminatedUnion("state", [
        z.object({ state: z.literal("in-step") }),
        z.object({ state: z.literal("lagging"), since: InstantText.nullable(), failure: z.string().nullable() }),
      ])
      .nullable()
      .describe(
        "Whether the agents that the vendor of the number answers with behind our webhook follow the pointer; null: no vendor holds it.",
      ),
  })
  .meta({ id: "DeploymentDetail" });
export type DeploymentDetail = z.infer<typeof DeploymentDetail>;

export const Configuration = z.object(configuration).meta({ id: "Configuration" });
export type Configuration = z.infer<typeof Configuration>;

/** Why a person does it; kept in the audit log. The body may be left out. */
export const Reason = z
  .strictObject({ reason: z.string().max(500).nullable().default(null) })
  .prefault({})
  .meta({ id: "Reason" });
export type Reason = z.infer<typeof Reason>;

export const PointerMove = z
  .object({ pointer: Pointer, cause: PointerCause, rolloutId: z.uuid().nullable(), actor: z.string(), at: InstantText })
  .meta({ id: "PointerMove" });
export const PointerMovePage = pageOf("PointerMovePage", PointerMove);
