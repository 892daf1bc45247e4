// The floor's other end: a plain client that listens.
import pg from "pg";

const client = new pg.Client(process.env["TANDEM_BENCH_SUPERUSER_URL"]);
await client.connect();
client.on("notification", ({ payload }) => process.send?.({ move: payload, at: String(process.hrtime.bigint()) }));
await client.query("LISTEN bench_floor");
process.send?.({ isReady: true });
process.on("disconnect", () => process.exit(0));
