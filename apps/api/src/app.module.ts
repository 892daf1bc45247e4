import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  StandardSchemaValidationPipe,
} from "@nestjs/common";
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from "@nestjs/core";
import type { ApiConfig } from "@tandem/config";
import type { ControlStore } from "@tandem/ports/store/control";
import type { OpenDoorbell } from "@tandem/queue";
import type { Sealer } from "@tandem/secrets";
import { AuditKeyring } from "./audit/audit-keyring.ts";
import { AccessGuard } from "./auth/access.guard.ts";
import { Authenticator } from "./auth/authenticator.ts";
import { BrowserSessions } from "./auth/browser-sessions.ts";
import { ConfirmationDesk } from "./auth/confirmation.ts";
import { InvitationDesk } from "./auth/invitation-desk.ts";
import { PasswordDesk } from "./auth/password-desk.ts";
import { PersonAuthenticator } from "./auth/person-authenticator.ts";
import { Provider } from "./auth/provider.ts";
import { RequestBudget } from "./auth/request-budget.ts";
import { SignInBudget } from "./auth/sign-in-budget.ts";
import { ChangeHub } from "./events/change-hub.ts";
import { RolloutWatch } from "./events/rollout-watch.ts";
import { StreamBudget } from "./events/stream-budget.ts";
import { ApiKeysController } from "./http/api-keys.controller.ts";
import { ApprovalsController } from "./http/approvals.controller.ts";
import { AuditController } from "./http/audit.controller.ts";
import { BrowserSessionController } from "./http/browser-session.controller.ts";
import { ChecksController } from "./http/checks.controller.ts";
import { ConfigurationController } from "./http/configuration.controller.ts";
import { ConnectionStandingsController } from "./http/connection-standings.controller.ts";
import { ConnectionVoicesController } from "./http/connection-voices.controller.ts";
import { ConnectionsController } from "./http/connections.controller.ts";
import { DeploymentsController } from "./http/deployments.controller.ts";
import { DeploymentStandingController } from "./http/deployment-standing.controller.ts";
import { DriftController } from "./http/drift.controller.ts";
import { FleetMembershipsController } from "./http/fleet-memberships.controller.ts";
import { FleetRolloutsController } from "./http/fleet-rollouts.controller.ts";
import { FreezesController } from "./http/freezes.controller.ts";
import { GatePoliciesController } from "./http/gate-policies.controller.ts";
import { HealthController } from "./http/health.controller.ts";
import { IncidentsController } from "./http/incidents.controller.ts";
import { KpiSeriesController } from "./http/kpi-series.controller.ts";
import { InvitationsController } from "./http/invitations.controller.ts";
import { LinksController } from "./http/links.controller.ts";
import { ManifestsController } from "./http/manifests.controller.ts";
import { MediaNodesController } from "./http/media-nodes.controller.ts";
import { MembersController } from "./http/members.controller.ts";
import { OutboundCallsController } from "./http/outbound-calls.controller.ts";
import { MetricsController } from "./http/metrics.controller.ts";
import { ChangeStreamController } from "./http/change-stream.controller.ts";
import { OverlaysController } from "./http/overlays.controller.ts";
import { OverviewController } from "./http/overview.controller.ts";
import { PersonsController } from "./http/persons.controller.ts";
import { PlansController } from "./http/plans.controller.ts";
import { PlaybooksController } from "./http/playbooks.controller.ts";
import { ProofController } from "./http/proof.controller.ts";
import { ReplaysController } from "./http/replays.controller.ts";
import { RolloutEvidenceController } from "./http/rollout-evidence.controller.ts";
import { RolloutEventsController } from "./http/rollout-events.controller.ts";
import { RolloutStandingController } from "./http/rollout-standing.controller.ts";
import { RolloutsController } from "./http/rollouts.controller.ts";
import { SessionsController } from "./http/sessions.controller.ts";
import { SignInController } from "./http/sign-in.controller.ts";
import { StatisticsController } from "./http/statistics.controller.ts";
import { TalkLinksController } from "./http/talk-links.controller.ts";
import { TestCallsController } from "./http/test-calls.controller.ts";
import { TenantLifeController } from "./http/tenant-life.controller.ts";
import { TenantsController } from "./http/tenants.controller.ts";
import { RevertController } from "./http/revert.controller.ts";
import { TrafficController } from "./http/traffic.controller.ts";
import { VendorsController } from "./http/vendors.controller.ts";
import { WaitingRolloutsController } from "./http/waiting-rollouts.controller.ts";
import { WebhooksController } from "./http/webhooks.controller.ts";
import { IdempotencyInterceptor } from "./idempotency/idempotency.interceptor.ts";
import { ConfigurationChecker } from "./planning/configuration-checker.ts";
import { ConfigurationDesk } from "./planning/configuration-desk.ts";
import { DriftDecider } from "./planning/drift-decider.ts";
import { ReleaseCompiler } from "./planning/release-compiler.ts";
import { RolloutStarter } from "./planning/rollout-starter.ts";
import { invalidInput } from "./problem/invalid-input.ts";
import { ProblemFilter } from "./problem/problem.filter.ts";
import { ProofMaker } from "./proof/proof-maker.ts";
import { ReleaseComparer } from "./statistics/release-comparer.ts";
import { priceListOf } from "./statistics/call-pricing.ts";
import { TalkDesk } from "./talk/talk-desk.ts";
import { ApiMetrics } from "./telemetry/api-metrics.ts";
import { CONFIG, DOORBELL, PRICES, SEALER, STORE } from "./tokens.ts";
import { WebhookSecrets } from "./webhooks/webhook-secrets.ts";

/** What the process opens before Nest starts and closes after it stopped. */
export interface ApiParts {
  readonly config: ApiConfig;
  readonly store: ControlStore;
  readonly sealer: Sealer;
  readonly doorbell: OpenDoorbell;
}

@Injectable()
class PartsCloser implements OnApplicationShutdown {
  constructor(
    @Inject(STORE) private readonly store: ControlStore,
    @Inject(DOORBELL) private readonly doorbell: OpenDoorbell,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.doorbell.close(), this.store.close()]);
  }
}

@Module({})
export class AppModule {
  static with(parts: ApiParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        HealthController,
        MetricsController,
        SignInController,
        BrowserSessionController,
        MembersController,
        InvitationsController,
        PersonsController,
        TenantsController,
        TenantLifeController,
        ApiKeysController,
        ManifestsController,
        OverlaysController,
        PlaybooksController,
        ConnectionsController,
        ConnectionStandingsController,
        ConnectionVoicesController,
        ConfigurationController,
        OverviewController,
        ChangeStreamController,
        VendorsController,
        DeploymentsController,
        DeploymentStandingController,
        DriftController,
        RevertController,
        TrafficController,
        OutboundCallsController,
        FleetRolloutsController,
        FleetMembershipsController,
        PlansController,
        RolloutsController,
        ReplaysController,
        RolloutEventsController,
        RolloutEvidenceController,
        RolloutStandingController,
        ApprovalsController,
        GatePoliciesController,
        FreezesController,
        MediaNodesController,
        LinksController,
        WaitingRolloutsController,
        ChecksController,
        SessionsController,
        StatisticsController,
        KpiSeriesController,
        IncidentsController,
        TestCallsController,
        TalkLinksController,
        AuditController,
        WebhooksController,
        ProofController,
      ],
      providers: [
        { provide: CONFIG, useValue: parts.config },
        { provide: STORE, useValue: parts.store },
        { provide: SEALER, useValue: parts.sealer },
        { provide: DOORBELL, useValue: parts.doorbell },
        { provide: PRICES, useValue: priceListOf(parts.config.prices) },
        Authenticator,
        PersonAuthenticator,
        ConfirmationDesk,
        SignInBudget,
        BrowserSessions,
        PasswordDesk,
        InvitationDesk,
        Provider,
        RequestBudget,
        ApiMetrics,
        RolloutWatch,
        ChangeHub,
        StreamBudget,
        ReleaseCompiler,
        ConfigurationChecker,
        ConfigurationDesk,
        DriftDecider,
        RolloutStarter,
        TalkDesk,
        ReleaseComparer,
        AuditKeyring,
        ProofMaker,
        WebhookSecrets,
        PartsCloser,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        {
          provide: APP_PIPE,
          useFactory: () => new StandardSchemaValidationPipe({ transform: true, exceptionFactory: invalidInput }),
        },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
    };
  }
}
