// One schema per app; the only reader of the environment. Door of this project; filled in by the work on its layer.
export {};
