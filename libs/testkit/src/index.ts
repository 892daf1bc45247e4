// Builders, fake clock, in-memory ports and the simulator for tests. Door of this project; filled in by the work on its layer.
export {};
