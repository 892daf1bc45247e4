export {
  allVariables,
  type ApiConfig,
  apiConfig,
  type CliConfig,
  cliConfig,
  type MediaConfig,
  mediaConfig,
  type SandboxConfig,
  sandboxConfig,
  type WorkerConfig,
  workerConfig,
} from "./apps.ts";
export { readSettings, type Settings, type Variable, type Variables } from "./variable.ts";
