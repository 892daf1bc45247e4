/** Names under which the process's parts are injected. */
export const CONFIG = Symbol("config");
export const STORE = Symbol("store");
export const SEALER = Symbol("sealer");
export const DOORBELL = Symbol("doorbell");
export const SIGNALS = Symbol("signals");
export const PRICES = Symbol("prices");
