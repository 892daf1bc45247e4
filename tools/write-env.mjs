// `npm run env`: the secrets that docker-compose.yml needs, made once and written to .env for its owner only.
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workspaceRoot } from "./projects.mjs";
import { makeSecrets } from "./up/secrets.mjs";

const file = join(workspaceRoot, ".env");
if (existsSync(file)) {
  console.log(
    ".env is there already and stays as it is: what it holds cannot be replaced without losing sealed credentials.",
  );
} else {
  const random = () => randomBytes(24).toString("hex");
  const secrets = { ...makeSecrets(), POSTGRES_PASSWORD: random(), TANDEM_OWNER_PASSWORD: random() };
  const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx" });
  console.log("Wrote .env. Keep a copy somewhere safe; next: docker compose up --build");
}
