import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The throw-away server as its superuser, without a database; "" when no selected project uses a database. */
    pgUrl: string;
  }
}
