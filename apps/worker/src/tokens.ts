/** Names under which the process's parts are injected. */
export const CONFIG = Symbol("config");
export const ENGINE = Symbol("engine");
export const LOGGER = Symbol("logger");
export const OUTBOX = Symbol("outbox");
export const OUTBOUND = Symbol("outbound");
export const HEALTH = Symbol("health");
export const SAFETY_NETS = Symbol("safety-nets");
export const CLOSERS = Symbol("closers");
export const METRICS = Symbol("metrics");
export const READINGS = Symbol("readings");
export const RETENTION = Symbol("retention");
export const WEBHOOKS = Symbol("webhooks");
export const CHECKPOINTS = Symbol("checkpoints");
export const FLEET = Symbol("fleet");
export const TENANT_LIFE = Symbol("tenant-life");
