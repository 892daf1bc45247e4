export { type Consumer, type ConsumerOptions, type Handlers, openConsumer } from "./consumer.ts";
export { type OpenDoorbell, openDoorbell } from "./doorbell.ts";
export { type JobName, type JobPayload, jobs, QUEUE } from "./job.ts";
export { type QueueLocation, requireQueueSchema } from "./location.ts";
