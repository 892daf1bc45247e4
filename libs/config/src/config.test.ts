import { AppError } from "@tandem/kernel";
import { expect, test } from "vitest";
import { allVariables, apiConfig, sandboxConfig, type Variable, workerConfig } from "./index.ts";

const minimal = { DATABASE_URL: "postgresql://x/y", TANDEM_KEY_PEPPER: "pepper", TANDEM_SEALING_PUBLIC_KEY: "{}" };

test("defaults fill what is absent and secrets do not print", () => {
  const config = apiConfig(minimal);
  expect(config).toMatchObject({ port: 4000, redisUrl: null, logLevel: "info", logPretty: false });
  expect(JSON.stringify(config)).not.toContain("pepper");
  expect(config.keyPepper.reveal()).toBe("pepper");
});

test("every missing and wrong variable is named at once, without its value", () => {
  const read = () =>
    workerConfig({ DATABASE_URL: "mysql://secret", TANDEM_LEASE_MS: "soon", TANDEM_SANDBOX_ORIGINS: "{" });
  expect(read).toThrow(AppError);
  try {
    read();
  } catch (error) {
    const message = (error as AppError).message;
    for (const name of [
      "DATABASE_URL",
      "TANDEM_LEASE_MS",
      "TANDEM_SANDBOX_ORIGINS",
      "TANDEM_INSTALL_KEY",
      "TANDEM_SEALING_PRIVATE_KEY",
    ])
      expect(message).toContain(name);
    expect(message).not.toContain("mysql://secret");
  }
});

test("an empty value counts as absent", () =>
  expect(sandboxConfig({ TANDEM_SANDBOX_CONTROL_PORT: "" }).controlPort).toBe(4700));

test.each(Object.entries(allVariables))("the defaults of %s are values that it accepts itself", (_app, variables) => {
  for (const { name, schema, fallback } of Object.values(variables) as Variable<unknown>[])
    if (fallback !== undefined) expect(schema.safeParse(fallback).success, name).toBe(true);
});
