export { type Connection, SmokeWrites } from "./connection.ts";
export { type Deployment, E164, Environment, type Overlay, Role, Slug, ValueSource } from "./deployment.ts";
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
