export { AgentProfile, LatencyTargets, Provider, ProviderChains } from "./agent.ts";
export { AnswerPolicy, AnswerRule, Holiday, Schedule, ScheduleOverride, TimeOfDay, WeeklyHours } from "./answer.ts";
export { Conversation, Field, Objective, Tool } from "./conversation.ts";
export { EmergencyLine, HumanPath, Kpi, Policies, SmokeScenario } from "./policy.ts";
