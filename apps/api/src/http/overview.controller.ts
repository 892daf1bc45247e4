import { Controller, Get, Inject, Query } from "@nestjs/common";
import { ApiOkResponse, ApiTags } from "@nestjs/swagger";
import { Attention, AttentionQuery, Overview, OverviewQuery } from "@tandem/contracts";
import type { Actor, ControlStore } from "@tandem/ports/store/control";
import { CurrentActor } from "../auth/current-actor.ts";
import { overviewScopeOf } from "../auth/overview-scope.ts";
import { Allow } from "../auth/permission.ts";
import { STORE } from "../tokens.ts";

/** What a person sees of all their tenants at once; a key of its own. */
@ApiTags("overview")
@Controller("v1")
export class OverviewController {
  constructor(@Inject(STORE) private readonly store: ControlStore) {}

  /** Deployments with what is live, the calls now, and the rollout in progress. */
  @Get("overview")
  @Allow("across")
  @ApiOkResponse({ standardSchema: Overview })
  overview(
    @CurrentActor() actor: Actor,
    @Query({ schema: OverviewQuery }) { sort, after, limit, ...filter }: OverviewQuery,
  ) {
    return this.store.overview(overviewScopeOf(actor), given(filter), { sort, after: after ?? null, limit });
  }

  /** What needs a person, the most urgent first: approvals, held rollouts, credentials, drift; to the platform's administrators fleet rollouts that are paused. */
  @Get("attention")
  @Allow("across")
  @ApiOkResponse({ standardSchema: Attention })
  attention(
    @CurrentActor() actor: Actor,
    @Query({ schema: AttentionQuery }) { after, limit, ...filter }: AttentionQuery,
  ) {
    return this.store.attention(overviewScopeOf(actor), given(filter), { after: after ?? null, limit });
  }
}

/** Without the members that are undefined. */
const given = <Filter extends object>(filter: Filter) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Filter]: Exclude<Filter[Name], undefined>;
  };
