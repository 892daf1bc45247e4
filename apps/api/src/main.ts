// HTTP in, desired state and doorbells out; never calls a vendor. Door of this app; filled in by the work on its layer.
export {};
