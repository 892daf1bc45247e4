import type { JsonObject } from "@tandem/kernel";
import type { SandboxWorld } from "@tandem/ports/sandbox";
import { demoAccount } from "./account.ts";

/** What one portal holds: the demo portal's tables bear no prefix, every other's the portal's id. */
export const portalWorld = (world: SandboxWorld, hubId: number): SandboxWorld =>
  hubId === demoAccount.hubId ? world : { ...world, collection: (name) => world.collection(`${hubId}/${name}`) };

export interface PropertyRow extends JsonObject {
  readonly object: string;
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly options: readonly JsonObject[];
  readonly hasUniqueValue: boolean;
  readonly hubspotDefined: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface GroupRow extends JsonObject {
  readonly object: string;
  readonly name: string;
  readonly label: string;
  readonly displayOrder: number;
}

export const properties = (world: SandboxWorld) => world.collection<PropertyRow>("properties");
export const groups = (world: SandboxWorld) => world.collection<GroupRow>("groups");

export interface StageRow extends JsonObject {
  readonly id: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface PipelineRow extends JsonObject {
  readonly id: string;
  readonly object: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly stages: readonly StageRow[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const pipelines = (world: SandboxWorld) => world.collection<PipelineRow>("pipelines");

export interface RecordRow extends JsonObject {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Records of an object: contacts, deals, notes. */
export const records = (world: SandboxWorld, object: string) => world.collection<RecordRow>(object);

/** A row without a member that is ours and not the vendor's. */
export const without = (row: JsonObject, member: string): JsonObject =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== member));
