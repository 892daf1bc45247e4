// Hosts every adapter's sandbox: one port per vendor. Door of this app; filled in by the work on its layer.
export {};
