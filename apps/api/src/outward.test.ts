// Webhooks, audit and proof packs as clients ask for them, on a real database (freshDatabase), and the CLI that checks them without us.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointText } from "@tandem/domain/audit";
import { contentHash, instant, Secret } from "@tandem/kernel";
import { makeOpener, makeSigner, makeSigningKeys, webhookIdentity } from "@tandem/secrets";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../vitest.database.ts";
import { begunRollout, runProgram } from "../test-support/outside.ts";
import { type Answer, type RunningApi, runApi } from "./testing/running-api.ts";

const audit = makeSigningKeys();
const signer = makeSigner(new Secret(audit.privateJwk), "X");
const URL_OF_THEIRS = "https://hooks.their-systems.org/in";

let database: FreshDatabase;
let api: RunningApi;
let admin: string;
let tenantId: string;
let folder: string;
let superuser: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  api = await runApi(database.appUrl, {
    TANDEM_AUDIT_PUBLIC_KEY: audit.publicJwk,
    TANDEM_PROOF_KEY: makeSigningKeys().privateJwk,
  });
  const tenant = await api.tenant("outward");
  tenantId = tenant.id;
  admin = await api.key(tenant, "tenant-admin");
  folder = await mkdtemp(join(tmpdir(), "tandem-outward-"));
  superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await api.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const create = (body: object, headers?: Record<string, string>): Promise<Answer> =>
  api.ask(admin, "POST", "/v1/webhooks", { url: URL_OF_THEIRS, ...body }, headers);

test("a signing secret is shown once, is sealed for workers, and cannot be read back", async () => {
  const once = { "idempotency-key": "the-same" };
  const made = await create({ events: ["rollout.*"], description: "ours" }, once);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    kind: "standard",
    url: URL_OF_THEIRS,
    host: "hooks.their-systems.org",
    state: "active",
  });
  expect(made.body.signingSecret).toMatch(/^whsec_/);
  expect((await create({ events: ["rollout.*"], description: "ours" }, once)).body).toEqual({
    ...made.body,
    signingSecret: null,
  });
  const { rows } = await superuser.query("SELECT sealed FROM webhook_secret WHERE endpoint_id = $1", [made.body.id]);
  const opened = await (
    await makeOpener(api.privateJwk)
  ).open(webhookIdentity(tenantId, made.body.id, 1), rows[0].sealed);
  expect(opened["signingSecret"]?.reveal()).toBe(made.body.signingSecret);
  const asApi = new pg.Client({ connectionString: database.appUrl });
  await asApi.connect();
  await expect(asApi.query("SELECT sealed FROM webhook_secret")).rejects.toThrow("permission denied");
  await asApi.end();
  const rotated = await api.ask(admin, "POST", `/v1/webhooks/${made.body.id}/secret`, { overlapHours: 1 });
  expect(rotated.body.signingSecret).not.toBe(made.body.signingSecret);
  const versions = await superuser.query(
    "SELECT version, ends_at FROM webhook_secret WHERE endpoint_id = $1 ORDER BY version",
    [made.body.id],
  );
  expect(versions.rows).toMatchObject([
    { version: 1, ends_at: expect.any(Date) },
    { version: 2, ends_at: null },
  ]);
  expect(JSON.stringify((await api.ask(admin, "GET", "/v1/webhooks")).body)).not.toContain("whsec_");
  expect((await api.ask(admin, "DELETE", `/v1/webhooks/${made.body.id}`)).status).toBe(204);
  expect((await api.ask(admin, "GET", `/v1/webhooks/${made.body.id}`)).status).toBe(404);
});

test("the URL of a chat is a secret: it is nowhere to be read", async () => {
  const url = "https://hooks.slack.com/services/T0/B0/secret-path";
  const made = await create({ url, kind: "slack" });
  expect(made.body).toMatchObject({ kind: "slack", url: null, host: "hooks.slack.com", signingSecret: null });
  const everything = await superuser.query(
    "SELECT row_to_json(w)::text AS w FROM webhook_endpoint w UNION ALL SELECT row_to_json(a)::text FROM audit a UNION ALL SELECT body::text FROM idempotency_key",
  );
  expect(JSON.stringify(everything.rows)).not.toContain("secret-path");
  expect((await api.ask(admin, "PATCH", `/v1/webhooks/${made.body.id}`, { url: URL_OF_THEIRS })).status).toBe(422);
  const moved = await api.ask(admin, "POST", `/v1/webhooks/${made.body.id}/secret`, {
    url: "https://chat.their-systems.org/hook",
  });
  expect(moved.body).toMatchObject({ host: "chat.their-systems.org", signingSecret: null });
});

test("links in messages are for whom an administrator names, and refused where none could be signed", async () => {
  const made = await create({});
  const path = `/v1/webhooks/${made.body.id}`;
  expect(made.body.linksFor).toBeNull();
  for (const refused of [
    await create({ linksFor: "slack:anna" }),
    await api.ask(admin, "PATCH", path, { linksFor: "slack:anna" }),
  ])
    expect(refused).toMatchObject({ status: 422, body: { code: "webhook_refused", details: { reason: "no-links" } } });
  const key = { TANDEM_LINK_KEY: "link-key-for-tests", TANDEM_API_URL: "https://api.example" };
  const linking = await runApi(database.appUrl, key);
  const ask = (linksFor: string | null) => linking.ask(admin, "PATCH", path, { linksFor });
  expect((await ask("anna@their-systems.org")).status).toBe(422);
  expect((await ask("slack:anna")).body).toMatchObject({ linksFor: "slack:anna" });
  expect((await linking.ask(admin, "PATCH", path, { description: "ours" })).body).toMatchObject({
    linksFor: "slack:anna",
  });
  expect((await ask(null)).body).toMatchObject({ linksFor: null });
  await linking.close();
  await api.ask(admin, "DELETE", path);
});

test.each([
  ["http://hooks.their-systems.org/", "not-https"],
  ["https://127.0.0.1/", "not-public"],
  ["https://[::ffff:169.254.169.254]/", "not-public"],
  ["https://voice.example/", "own-host"],
  ["https://a:b@hooks.their-systems.org/", "has-credentials"],
  ["https://hooks.their-systems.org:22/", "closed-port"],
])("%s is refused with its reason and a fix", async (url, reason) => {
  const { status, body } = await create({ url });
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: "webhook_refused", details: { reason }, fix: expect.any(String) });
});

test("filters that name nothing, and more endpoints than a tenant may have, are refused", async () => {
  const misspelt = { status: 422, body: { code: "invalid_input", errors: [{ path: "/events/1" }] } };
  const events = ["rollout.*", "nothing.*"];
  expect(await create({ events })).toMatchObject(misspelt);
  const { body } = await create({});
  expect(await api.ask(admin, "PATCH", `/v1/webhooks/${body.id}`, { events })).toMatchObject(misspelt);
  const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => create({ description: String(index) })));
  expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(20);
  expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({ details: { reason: "too-many" } });
  expect((await api.ask(admin, "GET", "/v1/webhooks?limit=200")).body.items).toHaveLength(20);
});

test("the platform has endpoints of its own, which no tenant sees; its messages carry no links", async () => {
  const platform = await api.key(null, "platform-admin");
  const made = await api.ask(platform, "POST", "/v1/webhooks", { url: URL_OF_THEIRS, events: ["fleet-rollout.*"] });
  expect(made).toMatchObject({ status: 201, body: { events: ["fleet-rollout.*"], linksFor: null } });
  const { rows } = await superuser.query("SELECT tenant_id, sealed FROM webhook_secret WHERE endpoint_id = $1", [
    made.body.id,
  ]);
  const opener = await makeOpener(api.privateJwk);
  const opened = await opener.open(webhookIdentity(rows[0].tenant_id, made.body.id, 1), rows[0].sealed);
  expect(opened["signingSecret"]?.reveal()).toBe(made.body.signingSecret);

  const path = `/v1/webhooks/${made.body.id}`;
  expect((await api.ask(admin, "GET", path)).status).toBe(404);
  expect((await api.ask(admin, "DELETE", path)).status).toBe(404);
  const listed = (await api.ask(admin, "GET", "/v1/webhooks?limit=200")).body.items as { id: string }[];
  expect(listed.map(({ id }) => id)).not.toContain(made.body.id);
  expect((await api.ask(platform, "POST", `${path}/test`)).status).toBe(202);
  expect((await api.ask(platform, "POST", `${path}/secret`, { overlapHours: 1 })).body.signingSecret).toMatch(
    /^whsec_/,
  );
  const links = await api.ask(platform, "PATCH", path, { linksFor: "slack:U1" });
  expect(links).toMatchObject({ status: 422, body: { code: "webhook_refused", details: { reason: "no-links" } } });
  expect((await api.ask(platform, "PATCH", path, { state: "paused" })).body.state).toBe("paused");
  expect((await api.ask(platform, "DELETE", path)).status).toBe(204);
});

/** What a worker would have signed and kept. */
async function checkpoint() {
  const { rows } = await superuser.query("SELECT seq, hash FROM audit_head WHERE tenant_id = $1", [tenantId]);
  const content = {
    tenantId,
    seq: rows[0].seq as number,
    hash: rows[0].hash as string,
    at: instant(Date.now()),
    keyId: signer.keyId,
  };
  const signed = { ...content, signature: signer.sign(checkpointText(content)) };
  await superuser.query(
    "INSERT INTO audit_checkpoint (tenant_id, seq, hash, at, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6)",
    [tenantId, signed.seq, signed.hash, signed.at, signed.keyId, signed.signature],
  );
  return signed;
}

/** One more row in the log. */
const grow = () => api.ask(admin, "POST", "/v1/api-keys", { name: "another", roles: ["viewer"] });

/** Runs the CLI; answers its exit code. Exports go through files. */
const cli = (...words: string[]) => runProgram(["--json", ...words]);

test("an export is verified without us; each change of it, a cut and a forged signature show", async () => {
  const kept = await checkpoint();
  await grow();
  const verdict = await api.ask(admin, "GET", `/v1/audit/verify?seq=${kept.seq}&hash=${kept.hash}`);
  expect(verdict.body).toMatchObject({
    intact: true,
    checkpoints: { count: 1, signatures: "genuine", newest: { seq: kept.seq } },
  });
  expect((await api.ask(admin, "GET", `/v1/audit/verify?seq=${kept.seq}&hash=${"0".repeat(64)}`)).body).toMatchObject({
    intact: false,
    brokenAt: kept.seq,
  });
  const { body, headers } = await api.ask(admin, "GET", "/v1/audit/export");
  expect(headers["content-type"]).toContain("application/x-ndjson");
  const lines = (body as string).trimEnd().split("\n");
  const files = {
    export: join(folder, "audit.ndjson"),
    key: join(folder, "key.json"),
    checkpoint: join(folder, "checkpoint.json"),
  };
  await writeFile(files.key, JSON.stringify((await api.ask(admin, "GET", "/v1/audit/key")).body));
  await writeFile(files.checkpoint, JSON.stringify(kept));
  const verified = async (changed: readonly string[], ...more: string[]) => {
    await writeFile(files.export, `${changed.join("\n")}\n`);
    return cli("audit", "verify", "--file", files.export, "--key", files.key, ...more);
  };
  expect(await verified(lines, "--checkpoint", files.checkpoint)).toBe(0);
  const rows = lines
    .map((line, index) => ({ index, line: JSON.parse(line) }))
    .filter(({ line }) => line.line === "row");
  const [first, second] = [rows[0]!.index, rows[1]!.index];
  const withLine = (index: number, text: string) => lines.with(index, text);
  expect(await verified(withLine(first, lines[first]!.replace(/"actor":"[^"]*"/, '"actor":"nobody"')))).toBe(1);
  expect(await verified(lines.toSpliced(second, 1))).toBe(1);
  expect(await verified(lines.with(first, lines[second]!).with(second, lines[first]!))).toBe(1);
  expect(await verified(lines.slice(0, -1))).toBe(1);
  expect(await verified(lines.toSpliced(rows.at(-1)!.index, 1))).toBe(1);
  const at = lines.findIndex((line) => line.includes('"checkpoint"'));
  expect(await verified(withLine(at, lines[at]!.replace(/"signature":"../, '"signature":"AA')))).toBe(1);
  // The whole log written anew up to before the checkpoint, its end told so: only what was kept outside tells.
  const cut = rows.filter(({ line }) => line.row.seq < kept.seq);
  const last = cut.at(-1)!.line.row as { seq: number; hash: string };
  const shortened = [
    lines[0]!,
    ...cut.map(({ index }) => lines[index]!),
    JSON.stringify({ line: "end", rows: cut.length, head: { seq: last.seq, hash: last.hash } }),
  ];
  expect(await verified(shortened)).toBe(0);
  expect(await verified(shortened, "--checkpoint", files.checkpoint)).toBe(1);
});

test("a checkpoint in the database that nobody signed breaks the log", async () => {
  await grow();
  const { rows } = await superuser.query("SELECT seq, hash FROM audit_head WHERE tenant_id = $1", [tenantId]);
  await superuser.query("INSERT INTO audit_checkpoint VALUES ($1, $2, $3, now(), 'AAAA', $4)", [
    tenantId,
    rows[0].seq,
    rows[0].hash,
    signer.keyId,
  ]);
  const { body } = await api.ask(admin, "GET", "/v1/audit/verify");
  expect(body).toMatchObject({ intact: false, brokenAt: rows[0].seq, checkpoints: { signatures: "forged" } });
});

test("a rollout's proof is hashed, signed, and one page that needs nothing else", async () => {
  const actor = { tenantId, subject: "key:admin", roles: ["tenant-admin"], via: "api", requestId: "r" } as const;
  const { deployment, rollout } = await begunRollout(api.store, actor);
  const { status, body } = await api.ask(admin, "GET", `/v1/rollouts/${rollout.id}/proof`);
  expect(status).toBe(200);
  expect(body.content).toMatchObject({
    format: "tandem-proof-1",
    rollout: { id: rollout.id, deployment: { name: deployment.name } },
  });
  expect(body.content.audit.rows.map((row: { action: string }) => row.action)).toContain("rollout.started");
  expect(contentHash(body.content)).toBe(body.contentHash);
  const files = { proof: join(folder, "proof.json"), key: join(folder, "keys.json") };
  await writeFile(files.key, JSON.stringify((await api.ask(admin, "GET", "/v1/audit/key")).body));
  const checked = async (pack: object) => {
    await writeFile(files.proof, JSON.stringify(pack));
    return cli("proof", "--check", files.proof, "--key", files.key);
  };
  expect(await checked(body)).toBe(0);
  expect(await checked({ ...body, content: { ...body.content, story: [] } })).toBe(1);
  expect(await checked({ ...body, signature: { ...body.signature, signature: "AAAA" } })).toBe(1);
  const page = await api.ask(admin, "GET", `/v1/rollouts/${rollout.id}/proof?format=html`);
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.body).toContain(deployment.name);
  const stranger = await api.key(await api.tenant("stranger"), "tenant-admin");
  expect((await api.ask(stranger, "GET", `/v1/rollouts/${rollout.id}/proof`)).status).toBe(404);
  expect(await readFile(files.proof, "utf8")).toContain(rollout.id);
});
