// Logger, traces, metrics and the marks for personal data. Door of this project; filled in by the work on its layer.
export {};
