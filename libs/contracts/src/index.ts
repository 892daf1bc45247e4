export { ApiKey, ApiKeyPage, CreateApiKey, CreatedApiKey, RoleName } from "./api-key.ts";
export {
  AuditCheckpoint,
  AuditCheckpointPage,
  AuditKeys,
  AuditPage,
  AuditQuery,
  AuditRow,
  AuditVerdict,
  AuditVerifyQuery,
} from "./audit.ts";
export { Check, CheckReference } from "./check.ts";
export {
  ConfigurationForm,
  ConfigurationProblem,
  ConfigurationValidation,
  FormQuery,
  TimeZones,
  ValidateConfiguration,
} from "./configuration-form.ts";
export {
  ChangeConnection,
  Connection,
  ConnectionPage,
  ConnectionStanding,
  ConnectionStandingPage,
  ConnectionVoices,
  CreateConnection,
  CredentialVersion,
  PutCredential,
  ShownAccount,
  Vendor,
  VendorPage,
  VoiceListing,
} from "./connection.ts";
export {
  Configuration,
  CreateDeployment,
  Deployment,
  DeploymentDetail,
  DeploymentPage,
  DeploymentSummary,
  Pointer,
  PointerMove,
  PointerMovePage,
  PutConfiguration,
  Reason,
} from "./deployment.ts";
export { DeploymentStanding } from "./deployment-standing.ts";
export {
  Approval,
  Approvals,
  CreatedLink,
  CreateFreeze,
  CreateLink,
  ExemptFromFreeze,
  Freeze,
  FreezePage,
  GatePolicy,
  GatePolicyState,
  Link,
  Links,
  PlanDecision,
  StartedRollout,
  WaitingRollout,
  WaitingRolloutPage,
} from "./gate.ts";
export {
  AbortFleet,
  EarlyAccess,
  FleetMember,
  FleetMemberPage,
  FleetMemberQuery,
  FleetPlan,
  FleetRollout,
  FleetRolloutDetail,
  FleetRolloutPage,
  PlanFleet,
  PutEarlyAccess,
  SkipMembers,
  SkippedMembers,
  StartFleet,
  TenantTags,
} from "./fleet.ts";
export {
  ManifestPage,
  ManifestSummary,
  ManifestVersion,
  Overlay,
  PublishManifest,
  PutOverlay,
  Validation,
} from "./manifest.ts";
export { DecideDrift, DriftDecided, DriftDecision, DriftPage, DriftReport, type DriftSummary } from "./drift.ts";
export { CreateOutboundCall, OutboundCall, OutboundCallPage } from "./outbound-call.ts";
export { Attention, AttentionQuery, ChangeHint, Overview, OverviewQuery } from "./overview.ts";
export { PageQuery, pageOf, queryInteger } from "./page.ts";
export {
  BreakGlass,
  BrowserSession,
  ChangeMember,
  ChangePassword,
  ChangePerson,
  ClaimInvitation,
  CreatedInvitation,
  CreateInvitation,
  type Invitation,
  InvitationPage,
  InvitationView,
  LookAtInvitation,
  Member,
  MemberPage,
  Person,
  PersonPage,
  PersonSessions,
  PersonTenantPage,
  PersonTenantQuery,
  Reauthenticate,
  SignIn,
} from "./person.ts";
export { CompareQuery, ManifestComparison, PlaybookPage, PlaybookVersions } from "./playbook.ts";
export { Problem } from "./problem.ts";
export {
  EvidenceLook,
  EvidenceLookPage,
  CreatePlan,
  Plan,
  PlanReference,
  PlanStanding,
  PlanState,
  PolicyInput,
  ReleaseComparison,
  RevertDeployment,
  RollbackResult,
  Rollout,
  RolloutDetail,
  RolloutEvent,
  RolloutEvents,
  RolloutPage,
  RolloutSmoke,
  StartRollout,
  StatedReason,
  Step,
} from "./rollout.ts";
export { Reasons, RolloutRequest, RolloutStanding } from "./rollout-standing.ts";
export { CreateTenant, Tenant, TenantPage } from "./tenant.ts";
export {
  AddNote,
  ChangeSeverity,
  ClearStack,
  ConcludeStack,
  DeploymentHealth,
  HealthQuery,
  HealthSeries,
  HealthSeriesQuery,
  Incident,
  IncidentDetail,
  type IncidentEvidence,
  IncidentPage,
  IncidentQuery,
  OpenIncident,
  ResolveIncident,
  SuspectStack,
} from "./incident.ts";
export { MakeTalkLink, TalkLink } from "./talk-link.ts";
export { RequestTestCall, TestCall, TestCallPage } from "./test-call.ts";
export { Health } from "./health.ts";
export {
  KpiQuery,
  KpiReport,
  KpiSeries,
  KpiSeriesQuery,
  Latency,
  LatencyQuery,
  PlaybookSeriesQuery,
  Prices,
} from "./kpi.ts";
export { Session, SessionDetail, SessionPage, SessionQuery, Turn } from "./session.ts";
export {
  ChangeWebhook,
  CreateWebhook,
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  RotateWebhookSecret,
  Webhook,
  WebhookPage,
  WebhookTest,
  WebhookWithSecret,
} from "./webhook.ts";
export { ForgetMediaNode, MediaNode, MediaNodePage } from "./media-node.ts";
export { ProofPack, ProofQuery } from "./proof.ts";
export { Replay, ReplayReference, RequestReplay } from "./replay.ts";
export { ConnectionDetail, OffBoarding, OffBoardingPlan, StartOffBoarding, TenantChange } from "./tenant-life.ts";
