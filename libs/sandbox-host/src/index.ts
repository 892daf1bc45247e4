export { SandboxControl } from "./control.ts";
export type { ActiveFault, Fault, FaultScript } from "./fault-script.ts";
export { type RunningSandbox, type SandboxOptions, startSandbox } from "./host.ts";
export type { LedgerRow } from "./ledger.ts";
export type { SocketFrame, SocketTap } from "./sockets.ts";
export type { VendorPace } from "./state.ts";
export type { Exchange, Tap } from "./vendor-server.ts";
