export { type Connection, SmokeWrites } from "./connection.ts";
export { type Deployment, E164, Environment, type Overlay, Role, Slug, ValueSource } from "./deployment.ts";
