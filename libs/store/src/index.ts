export { openControlStore } from "./control/control-store.ts";
export { openPointerFeed, type OpenPointerFeed } from "./feed/pointer-feed.ts";
export { openSessionWriter, type OpenSessionWriter } from "./feed/session-writer.ts";
export type { Listener, ListenState } from "./listen.ts";
export type { WorkNotice } from "./notices.ts";
export type { StoreOptions } from "./options.ts";
export { PLATFORM_TENANT_ID } from "./platform.ts";
export { openRolloutStore, type WorkerStore } from "./rollouts/rollout-store.ts";
export { listenForWork } from "./work-notices.ts";
