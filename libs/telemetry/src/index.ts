export { rateLimited } from "./every.ts";
export { type DescribedError, describeError, type Logger, type LoggerOptions, makeLogger } from "./logger.ts";
