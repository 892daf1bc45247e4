import { ModulesContainer } from "@nestjs/core";
import { PERMISSION, type Permission, permissions } from "../../../apps/api/src/auth/permission.ts";
import type { RunningApi } from "../../../apps/api/src/testing/running-api.ts";
import type { Operation } from "./document.ts";
import type { Asker } from "./world.ts";

/** Routes beside Nest's pipeline, which have no metadata. */
const BESIDE: Readonly<Record<string, Permission>> = { DeploymentSummary_read: "read" };

/** What each operation needs, from what its handler says of itself. */
export class Rights {
  readonly #needed = new Map<string, Permission | "public">(Object.entries(BESIDE));

  constructor(api: RunningApi) {
    for (const module of api.app.get(ModulesContainer).values())
      for (const { metatype } of module.controllers.values()) {
        const { name, prototype } = metatype as unknown as { name: string; prototype: Record<string, object> };
        for (const method of Object.getOwnPropertyNames(prototype)) {
          const handler = prototype[method];
          const needed =
            handler === undefined ? undefined : (Reflect.getMetadata(PERMISSION, handler) as Permission | undefined);
          if (needed !== undefined) this.#needed.set(`${name}_${method}`, needed);
        }
      }
  }

  /** Throws for an operation that says nothing. */
  of({ id, name }: Operation): Permission | "public" {
    const needed = this.#needed.get(id);
    if (needed === undefined) throw new Error(`${name} names no permission`);
    return needed;
  }

  /** Status that the asker must be refused with before anything else is looked at; null when they may. */
  refusalOf(operation: Operation, { role }: Asker): 401 | 403 | null {
    const needed = this.of(operation);
    if (needed === "public") return null;
    if (role === null) return 401;
    return (permissions[needed] as readonly string[]).includes(role) ? null : 403;
  }
}
