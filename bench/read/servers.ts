// One server of the read benchmark, chosen by TANDEM_BENCH_SERVER; tells its port to the parent and runs until it is killed.
import "reflect-metadata";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Controller, Get, Module, Param } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { startApi } from "../world/api.ts";
import { PrismaClient } from "../../libs/store/src/generated/client.ts";

const url = process.env["TANDEM_BENCH_API_URL"] ?? "";
const superuser = process.env["TANDEM_BENCH_SUPERUSER_URL"] ?? "";
const pool = (connectionString: string) => new pg.Pool({ connectionString, max: 10 });

const PLAIN = "SELECT id, name, playbook, environment, generation FROM deployment WHERE tenant_id = $1 AND id = $2";

let prisma: PrismaClient;

@Controller()
class PlainController {
  @Get("read/:tenant/:id")
  read(@Param("tenant") tenantId: string, @Param("id") id: string) {
    return prisma.deployment.findUnique({
      where: { tenantId_id: { tenantId, id } } as never,
      select: { id: true, name: true, environment: true, generation: true } as never,
    });
  }
}

@Module({ controllers: [PlainController] })
class PlainModule {}

/** What everybody writes first: Nest on Fastify with Prisma's findUnique; no key, no tenant scope, no row security. */
async function nestPrisma(): Promise<number> {
  prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: superuser, max: 10 }) });
  const app = await NestFactory.create(PlainModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, "127.0.0.1");
  return (app.getHttpServer().address() as AddressInfo).port;
}

/** The floor: node:http and one prepared statement. With `scoped`, the statement is ours: key, tenant, row security and all. */
function plainHttp(scoped: boolean): Promise<number> {
  const database = pool(scoped ? url : superuser);
  const server = createServer((request, response) => {
    const [, , tenant, id] = (request.url ?? "").split("/");
    const query = scoped
      ? { name: "scoped", text: "SELECT shown_deployment($1, $2, '') AS shown", values: [tenant, id] }
      : { name: "plain", text: PLAIN, values: [tenant, id] };
    database.query(query).then(
      ({ rows }) => {
        const body = JSON.stringify(rows[0]);
        response
          .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
          .end(body);
      },
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

const servers: Record<string, () => Promise<number>> = {
  ours: startApi,
  "nest-prisma": nestPrisma,
  "http-pg": () => plainHttp(false),
  "http-pg-scoped": () => plainHttp(true),
};
const start = servers[process.env["TANDEM_BENCH_SERVER"] ?? ""];
if (start === undefined) throw new Error("TANDEM_BENCH_SERVER names no server");
process.send?.({ port: await start() });
