// Answers calls and every inbound vendor request, in real time. Door of this app; filled in by the work on its layer.
export {};
