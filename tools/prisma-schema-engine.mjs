#!/usr/bin/env node
// Takes the place of Prisma's native `schema-engine` program (PRISMA_SCHEMA_ENGINE_BINARY, set by prisma.config.ts),
// so that every Prisma command works without a download. The work is done by Prisma's own WebAssembly build of that
// engine; this program only speaks the native one's protocol: a few `cli` sub-commands, else JSON-RPC, a message per line.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { runDatabaseCommand } from "./prisma-engine/database-commands.mjs";
import { createEngineHost, engineVersion } from "./prisma-engine/engine-host.mjs";

function parseArguments(words) {
  const parsed = { schemaFiles: [], datasource: {}, databaseCommand: undefined, wantsVersion: false };
  const valueOf = {
    "--datamodels": (value) => parsed.schemaFiles.push(value),
    "-d": (value) => parsed.schemaFiles.push(value),
    "--datasource": (value) => (parsed.datasource = JSON.parse(value)),
    "--enabled-preview-features": () => {},
    "--extension-types": () => {},
    cli: (value) => (parsed.databaseCommand = value),
  };
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] === "--version" || words[at] === "-V") parsed.wantsVersion = true;
    else if (valueOf[words[at]]) valueOf[words[at]](words[(at += 1)]);
  }
  return parsed;
}

/** The CLI reads the engine's log from stderr, one JSON object per line. */
function log(level, message, fields = {}) {
  const entry = {
    timestamp: new Date().toISOString(),
    level,
    fields: { message, ...fields },
    target: "schema_engine::logger",
  };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

/** Answers requests one after the other until stdin closes. */
function serve(host) {
  const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  let printed = 0;
  const print = (content) => send({ id: (printed += 1), method: "print", params: { content } });

  async function answer({ id, method, params }) {
    try {
      send({ id, result: await host.call(method, params, print) });
    } catch (thrown) {
      const error = host.originalOf(thrown);
      const data = {
        is_panic: false,
        message: error?.message ?? String(error),
        error_code: error?.code,
        meta: error?.meta,
      };
      send({ id, error: { code: 4466, message: "An error happened. Check the data field for details.", data } });
    }
  }

  let queue = Promise.resolve();
  const finish = () => queue.finally(() => process.exit(0));
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      if (!line.trim()) return;
      const message = JSON.parse(line);
      if (message.method) queue = queue.then(() => answer(message)); // else the CLI's reply to a print
    })
    .on("close", finish);
  process.on("SIGTERM", finish);
}

const { schemaFiles, datasource, databaseCommand, wantsVersion } = parseArguments(process.argv.slice(2));
if (wantsVersion) {
  console.log(`schema-engine-wasm ${engineVersion()}`);
} else if (databaseCommand) {
  process.stderr.write("schema-engine-wasm\n"); // the CLI skips the first line
  const failure = await runDatabaseCommand(databaseCommand, datasource.url);
  if (failure) log("ERROR", failure.message, { error_code: failure.code, is_panic: false, meta: {} });
  process.exitCode = failure ? 1 : 0;
} else {
  const datamodels = schemaFiles.map((path) => [path, readFileSync(path, "utf8")]);
  serve(createEngineHost({ datamodels, datasource, onLog: (message) => log("INFO", message) }));
}
