import { Controller, Get } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { descriptors } from "@tandem/catalog";
import { VendorPage } from "@tandem/contracts";
import type { AdapterDescriptor } from "@tandem/ports/adapter";
import { z } from "zod";
import { Allow } from "../auth/permission.ts";

@ApiTags("vendors")
@Controller("v1/vendors")
export class VendorsController {
  @Get()
  @Allow("read")
  @ApiOkResponse({ standardSchema: VendorPage })
  list() {
    return { items: Object.values(descriptors).map(present), next: null };
  }
}

const present = (descriptor: AdapterDescriptor) => ({
  id: descriptor.id,
  title: descriptor.title,
  roles: descriptor.roles,
  providers: descriptor.providers ?? {},
  configSchema: z.toJSONSchema(descriptor.config, { io: "input" }),
  secrets: descriptor.secrets.map((secret) => ({ ...secret, isOptional: secret.isOptional ?? false })),
  requiredScopes: descriptor.requiredScopes,
  setUp: descriptor.setUp.map(({ text, at = null, gives = [], onlyFor = null }) => ({ text, at, gives, onlyFor })),
  resources: descriptor.resources.map(({ kind, owner, identity }) => ({ kind, owner, identity })),
});
