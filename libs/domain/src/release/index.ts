export { type AgentBriefing, outrankingRules } from "./agent-prompt.ts";
export {
  type BundleConnection,
  type BundleResource,
  isReference,
  type ReleaseBundle,
  type ResourceReference,
} from "./bundle.ts";
export { type CompiledRelease, compileRelease, type ReleaseInput, type RoleConnection } from "./compile-release.ts";
export { type ConfigurationPlace, placeInConfiguration } from "./configuration-place.ts";
export type { ProviderKinds } from "./provider-connections.ts";
export { callVariables } from "./call-variables.ts";
export {
  type ConfigurationForm,
  configurationForm,
  type FormAccount,
  type FormField,
  isNeededBy,
} from "./configuration-form.ts";
export type { KindLookup } from "./compile-resources.ts";
export type { IngressUrls } from "./playbook-scope.ts";
export {
  type Overlays,
  type ResolvedParameter,
  type ResolvedParameters,
  resolveParameters,
} from "./resolve-parameters.ts";
export { dialledNumbers } from "./dialled-numbers.ts";
