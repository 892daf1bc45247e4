import { Controller, Get, Inject, Param, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { CompareQuery, ManifestComparison, PageQuery, PlaybookPage, PlaybookVersions } from "@tandem/contracts";
import {
  compareManifests,
  compareVersions,
  type Manifest,
  manifestChanges,
  manifestFromContent,
} from "@tandem/domain/manifest";
import { Slug } from "@tandem/domain/tenant";
import { AppError } from "@tandem/kernel";
import type { Actor, ControlStore, ManifestVersion } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { isPerson, overviewScopeOf } from "../auth/overview-scope.ts";
import { Allow } from "../auth/permission.ts";
import { pageRequest } from "../presentation/page.ts";
import { invalidManifest } from "../problem/invalid-input.ts";
import { STORE } from "../tokens.ts";

/** Playbooks with their versions: what the tenant may roll out, its own and the library's; without a tenant the library's. */
@ApiTags("playbooks")
@Controller("v1/playbooks")
export class PlaybooksController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** By name. */
  @Get()
  @Allow("readPlaybooks")
  @ApiOkResponse({ standardSchema: PlaybookPage })
  list(@CurrentActor() actor: Actor, @Query({ schema: PageQuery }) query: PageQuery) {
    return this.store.listPlaybooks(actor, pageRequest(query));
  }

  /** The versions of a playbook, who published them and when, and how many deployments run each. */
  @Get(":name")
  @Allow("readPlaybooks")
  @ApiOkResponse({ standardSchema: PlaybookVersions })
  async versions(@CurrentActor() actor: Actor, @Param("name", { schema: Slug }) name: string) {
    const { items } = await this.store.listManifests(actor, name, { limit: 200, cursor: null });
    if (items.length === 0) throw new AppError("not_found", `There is no playbook ${name}`);
    const running = await this.running(actor, name);
    const countOf = new Map(running.map(({ version, deployments }) => [version, deployments]));
    const versions = items
      .toSorted((a, b) => compareVersions(b.version, a.version))
      .map((item) => ({ ...item, deployments: countOf.get(item.version) ?? 0 }));
    return { name, versions };
  }

  /** What differs between two versions: what matters to whoever runs the older one, and every place. */
  @Get(":name/compare")
  @Allow("readPlaybooks")
  @ApiOkResponse({ standardSchema: ManifestComparison })
  async compare(
    @CurrentActor() actor: Actor,
    @Param("name", { schema: Slug }) name: string,
    @Query({ schema: CompareQuery }) query: CompareQuery,
  ) {
    const [from, to] = [await this.find(actor, name, query.from), await this.find(actor, name, query.to)];
    const [before, after] = [read(from), read(to)];
    return {
      playbook: name,
      from: summaryOf(from),
      to: summaryOf(to),
      differences: compareManifests(before, after),
      breakingChanges: after.breakingChanges.filter(({ since }) => compareVersions(since, before.version) > 0),
      changes: manifestChanges(before, after),
    };
  }

  /** A platform key belongs to no tenant: nothing of its own runs. */
  private async running(actor: Actor, name: string) {
    const isPlatformKey = actor.tenantId === null && !isPerson(actor);
    return isPlatformKey ? [] : this.store.runningVersions(overviewScopeOf(actor), name);
  }

  private async find(actor: Actor, name: string, version: string): Promise<ManifestVersion> {
    const found = await this.store.manifest(actor, `${name}@${version}`);
    if (found === null) throw new AppError("not_found", `There is no version ${version} of ${name}`);
    return found;
  }
}

const summaryOf = ({ content: _content, ...summary }: ManifestVersion) => summary;

function read({ content }: ManifestVersion): Manifest {
  const parsed = manifestFromContent(content);
  if (!parsed.ok) throw invalidManifest(parsed.diagnostics);
  return parsed.manifest;
}
