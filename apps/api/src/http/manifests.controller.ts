import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from "@nestjs/common";
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { ManifestPage, ManifestVersion, PageQuery, PublishManifest, Validation } from "@tandem/contracts";
import { compareVersions } from "@tandem/domain/manifest";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { z } from "zod";
import { CurrentActor } from "../auth/current-actor.ts";
import { Allow } from "../auth/permission.ts";
import { checkManifest, requireHonestVersion, requireManifest } from "../planning/manifest-input.ts";
import { pageRequest } from "../presentation/page.ts";
import { STORE } from "../tokens.ts";

const ListQuery = PageQuery.extend({ playbook: z.string().max(63).optional() });
type ListQuery = z.infer<typeof ListQuery>;

@ApiTags("manifests")
@Controller("v1/manifests")
export class ManifestsController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Checks the files of a playbook folder; publishes nothing. */
  @Post("validate")
  @HttpCode(200)
  @Allow("publish")
  @ApiOkResponse({ standardSchema: Validation })
  validate(@Body({ schema: PublishManifest }) body: PublishManifest) {
    return checkManifest(body.files);
  }

  /** Into the tenant's own playbooks; a platform key publishes into the library that every tenant may use. */
  @Post()
  @Allow("publish")
  @ApiCreatedResponse({ standardSchema: ManifestVersion })
  async publish(@CurrentActor() actor: Actor, @Body({ schema: PublishManifest }) body: PublishManifest) {
    const manifest = requireManifest(body.files);
    const previous = await this.before(actor, manifest.playbook, manifest.version);
    if (previous !== null) requireHonestVersion(previous.content, manifest.content);
    return this.store.publishManifest(actor, { ...manifest, source: body.files["manifest.yaml"] ?? "" });
  }

  @Get()
  @Allow("readPlaybooks")
  @ApiOkResponse({ standardSchema: ManifestPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: ListQuery }) query: ListQuery) {
    return this.store.listManifests(actor, query.playbook ?? null, pageRequest(query));
  }

  /** By hash, by `playbook@version`, or by `playbook` for its newest version. */
  @Get(":reference")
  @Allow("readPlaybooks")
  @ApiOkResponse({ standardSchema: ManifestVersion })
  async read(@CurrentActor() actor: Actor, @Param("reference", { schema: z.string().max(200) }) reference: string) {
    const manifest = await this.store.manifest(actor, reference);
    if (manifest === null) throw new AppError("not_found", `There is no manifest ${reference}`);
    return manifest;
  }

  /** The newest published version below this one, in the actor's own playbooks and the library. */
  private async before(actor: Actor, playbook: string, version: string) {
    const { items } = await this.store.listManifests(actor, playbook, { limit: 200, cursor: null });
    const older = items
      .filter((item) => compareVersions(item.version, version) < 0)
      .toSorted((a, b) => compareVersions(b.version, a.version));
    const [newest] = older;
    return newest === undefined ? null : this.store.manifest(actor, newest.hash);
  }
}
