// Use cases of a rollout: observe, stages, executor, sweep. Door of this project; filled in by the work on its layer.
export {};
