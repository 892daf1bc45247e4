// What `npm start` reads from the environment, and what each app gets to see of it.
import { createConnection } from "node:net";
import { join, resolve } from "node:path";
import { isPortFree } from "../embedded-postgres.mjs";
import { workspaceRoot } from "../projects.mjs";

/** Every port that `npm start` listens on: variable, default, who. */
const PORTS = {
  api: ["PORT", 4000, "the API"],
  media: ["TANDEM_MEDIA_PORT", 4100, "the media service"],
  worker: ["TANDEM_WORKER_PORT", 4200, "the worker's health routes"],
  control: ["TANDEM_SANDBOX_CONTROL_PORT", 4700, "the sandbox's control API"],
  twilio: ["TANDEM_SANDBOX_TWILIO_PORT", 4701, "the emulated Twilio"],
  retell: ["TANDEM_SANDBOX_RETELL_PORT", 4702, "the emulated Retell"],
  google: ["TANDEM_SANDBOX_GOOGLE_PORT", 4703, "the emulated Google"],
  hubspot: ["TANDEM_SANDBOX_HUBSPOT_PORT", 4704, "the emulated HubSpot"],
  deepgram: ["TANDEM_SANDBOX_DEEPGRAM_PORT", 4705, "the emulated Deepgram"],
  cartesia: ["TANDEM_SANDBOX_CARTESIA_PORT", 4706, "the emulated Cartesia"],
  elevenlabs: ["TANDEM_SANDBOX_ELEVENLABS_PORT", 4707, "the emulated ElevenLabs"],
  openai: ["TANDEM_SANDBOX_OPENAI_PORT", 4708, "the emulated OpenAI-compatible services"],
};
/** Emulated vendors, in the order of their ports. */
export const VENDORS = ["twilio", "retell", "google", "hubspot", "deepgram", "cartesia", "elevenlabs", "openai"];
const OF_APP = { api: ["api"], media: ["media"], worker: ["worker"], sandbox: ["control", ...VENDORS] };

const SECRETS_OF_APP = {
  api: [
    "TANDEM_KEY_PEPPER",
    "TANDEM_LINK_KEY",
    "TANDEM_TALK_KEY",
    "TANDEM_SEALING_PUBLIC_KEY",
    "TANDEM_AUDIT_PUBLIC_KEY",
    "TANDEM_PROOF_KEY",
  ],
  worker: [
    "TANDEM_INSTALL_KEY",
    "TANDEM_TICKET_KEY",
    "TANDEM_LINK_KEY",
    "TANDEM_SEALING_PRIVATE_KEY",
    "TANDEM_AUDIT_PRIVATE_KEY",
    "TANDEM_AUDIT_PUBLIC_KEY",
  ],
  media: ["TANDEM_INSTALL_KEY", "TANDEM_TICKET_KEY", "TANDEM_TALK_KEY", "TANDEM_SEALING_PRIVATE_KEY"],
  sandbox: [],
};
const ALL_SECRETS = [...new Set(Object.values(SECRETS_OF_APP).flat())];
const OF_THE_LAUNCHER =
  /^(TANDEM_DATABASE_|TANDEM_(API|WORKER|MEDIA)_DATABASE_URL$|DATABASE_URL$|TANDEM_DIRECT_DATABASE_URL$|npm_)/;

/** The folder for everything this installation keeps; another one (and other ports) makes a second installation. */
export const dataFolder = () => resolve(workspaceRoot, process.env.TANDEM_DATA_DIR ?? ".data");

/** The ports in use, by short name; fails on a value that is no port. */
export function readPorts(environment = process.env) {
  return Object.fromEntries(
    Object.entries(PORTS).map(([name, [variable, fallback]]) => {
      const port = Number(environment[variable] || fallback);
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        throw new Error(`${variable}=${environment[variable]} is not a port.`);
      return [name, port];
    }),
  );
}

/** Fails when a port is taken, naming every one and the variable that changes it. */
export async function requireFreePorts(ports) {
  const taken = [];
  for (const [name, port] of Object.entries(ports)) {
    const [variable, , owner] = PORTS[name];
    if (!(await isPortFree(port)))
      taken.push(
        `Port ${port} for ${owner} is taken. Fix: set ${variable} to another port, or stop what listens there.`,
      );
  }
  if (taken.length > 0) throw new Error(taken.join("\n"));
}

/** Fails early and clearly when REDIS_URL leads nowhere. */
export async function requireRedis(url) {
  const { hostname, port } = new URL(url);
  await new Promise((done, fail) => {
    const socket = createConnection(
      { host: hostname, port: Number(port || 6379), timeout: 3000 },
      () => (socket.destroy(), done()),
    );
    const report = () =>
      fail(
        new Error(
          `No Redis answers at ${hostname}:${port || 6379} (REDIS_URL). Fix: start it, or unset REDIS_URL to keep the queue in PostgreSQL.`,
        ),
      );
    socket.once("timeout", () => (socket.destroy(), report())).once("error", report);
  });
}

/** The environment of one app: its own secrets and login only, never the owner's. */
export function appEnvironment(app, { ports, secrets, databaseUrls, environment = process.env }) {
  const folder = dataFolder();
  const inherited = Object.entries(environment).filter(
    ([name]) => !OF_THE_LAUNCHER.test(name) && !ALL_SECRETS.includes(name),
  );
  const sandboxOrigins = Object.fromEntries(VENDORS.map((vendor) => [vendor, `http://127.0.0.1:${ports[vendor]}`]));
  const defaults = {
    TANDEM_LOG_PRETTY: process.stdout.isTTY ? "true" : "false",
    TANDEM_LOG_LEVEL: "warn", // a person at a terminal sees the launcher's lines and what is wrong; info shows every request
    TANDEM_PUBLIC_URL: `http://127.0.0.1:${ports.media}`,
    TANDEM_API_URL: `http://127.0.0.1:${ports.api}`,
    TANDEM_SANDBOX_ORIGINS: JSON.stringify(sandboxOrigins),
    TANDEM_MEDIA_DATA_DIR: join(folder, "media"),
    TANDEM_AUDIT_DIR: join(folder, "audit"),
    TANDEM_SANDBOX_DATA_DIR: join(folder, "sandbox"),
    TANDEM_DRAIN_MS: "5000", // Ctrl-C on a developer's machine must not wait an hour for calls
  };
  return {
    ...defaults,
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(OF_APP[app].map((name) => [PORTS[name][0], String(ports[name])])),
    ...Object.fromEntries(SECRETS_OF_APP[app].map((name) => [name, secrets[name]])),
    ...databaseUrls[app],
    TANDEM_LAUNCHER_PID: String(process.pid),
  };
}

/** Where each app answers 200 once it is ready for work. */
export const readinessUrl = (app, ports) => `http://127.0.0.1:${ports[OF_APP[app][0]]}/ready`;
