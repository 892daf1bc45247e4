// The doorbell: BullMQ jobs that carry ids only. Door of this project; filled in by the work on its layer.
export {};
