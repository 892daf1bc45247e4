export {
  AgentKind,
  AgentProfile,
  chainsOf,
  LatencyTargets,
  Provider,
  ProviderChains,
  type ProviderKind,
} from "./agent.ts";
export { AnswerPolicy, AnswerRule, Holiday, Schedule, ScheduleOverride, TimeOfDay, WeeklyHours } from "./answer.ts";
export { checkVersionStep, compareManifests, type ManifestDifference } from "./compare-manifests.ts";
export { type ConfigurationText, readConfigurationText, writeConfigurationText } from "./configuration-yaml.ts";
export { Conversation, Field, Objective, Tool } from "./conversation.ts";
export { fillTemplates, type Filled, strongest, type TemplateScope, type TemplateValue } from "./fill-templates.ts";
export { instantsOf, isTimeZone, wallClock } from "./local-time.ts";
export {
  Address,
  BreakingChange,
  kindOfAddress,
  type Manifest,
  ManifestDocument,
  type ManifestSection,
  manifestSections,
  roleOf,
} from "./manifest.ts";
export { type ManifestChange, manifestChanges } from "./manifest-changes.ts";
export { isForAgent, manifestForAgent } from "./manifest-for-agent.ts";
export { CallerScript, type ParsedCallerScript, parseCallerScript } from "./caller-script.ts";
export { closestName, suggestion } from "./closest-name.ts";
export { manifestJsonSchema } from "./manifest-json-schema.ts";
export { OutboundCalls } from "./outbound.ts";
export { Parameter, parameterValue } from "./parameter.ts";
export { parameterOrder } from "./parameter-order.ts";
export { manifestFromContent, type ParsedManifest, parseManifest } from "./parse-manifest.ts";
export { formatPath, parsePath, type Path } from "./path.ts";
export { type CallerStep, EmergencyLine, HumanPath, Kpi, Policies, SmokeScenario } from "./policy.ts";
export {
  bookingSchedule,
  type AnswerDecision,
  answerDecision,
  isOpen,
  type ScheduleReason,
  type ScheduleState,
  scheduleState,
} from "./schedule.ts";
export { nextChange } from "./schedule-change.ts";
export { schemaDiagnostics } from "./schema-diagnostics.ts";
export { compareVersions, majorOf, SemanticVersion } from "./semantic-version.ts";
export {
  type AgentName,
  agentNames,
  type CallName,
  callNames,
  isLaterName,
  type SystemName,
  systemNames,
} from "./template-names.ts";
export { type OperationRule, operationRules } from "./tool-operation.ts";
export { exactTemplate, parseTemplate, walkTexts } from "./template.ts";
export { checkToolSettings } from "./check-tools.ts";
export { ProblemList } from "./problem-list.ts";
