export { countSigns, HEALTH_EVENTS, type SeenCall, type SeenObjects, signsOf } from "./call-signs.ts";
export {
  type Counts,
  type DeploymentHealth,
  FigureName,
  figureRules,
  type HealthFigure,
  type HealthSeries,
  HealthWord,
  severityOf,
  type StackHealth,
  stackHealth,
} from "./health.ts";
export {
  decideIncident,
  Evidence,
  Incident,
  type IncidentCommand,
  type IncidentDecision,
  incidentEvents,
  type IncidentEventType,
  type IncidentRefusal,
  openIncident,
  StackDiagnosis,
  StackState,
} from "./incident.ts";
export { diagnosisMs, resolutionMs, Severity, Stack, stackOfAddress, stackOfProvider, stacks } from "./stack.ts";
export { touchedStacks } from "./touched-stacks.ts";
