// The command line. Door of this app; filled in by the work on its layer.
export {};
