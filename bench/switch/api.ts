// The API of the switch benchmark.
import { startApi } from "../world/api.ts";

process.send?.({ port: await startApi() });
process.on("disconnect", () => process.exit(0));
