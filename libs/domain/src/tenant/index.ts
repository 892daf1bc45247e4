export { type Connection, SmokeWrites } from "./connection.ts";
export {
  AccountRole,
  type ByRole,
  type Deployment,
  E164,
  Environment,
  type Overlay,
  ProviderRole,
  providerRole,
  Role,
  Slug,
  ValueSource,
} from "./deployment.ts";
export { agentSocketSecret } from "./agent-socket.ts";
export {
  type ArrivingCall,
  type AttachedNumber,
  type DialledNumber,
  type EarlierCall,
  findForwardingLoops,
  isForwardingLoop,
  type LoopLimits,
  loopLimits,
} from "./forwarding-loop.ts";
export {
  type LeavingDeployment,
  nextOffBoardingMove,
  type OffBoardingMove,
  OffBoardingPhase,
  type OffBoardingView,
  type OffBoardingWait,
  offBoardingWaits,
} from "./off-boarding.ts";
export { CredentialState, judgeRotation, type RotationVerdict } from "./credential.ts";
