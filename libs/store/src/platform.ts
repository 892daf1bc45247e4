/** The tenant that the platform itself is: it owns the library playbooks and the platform keys. An actor without tenant works here. */
export const PLATFORM_TENANT_ID = "00000000-0000-4000-8000-000000000000";
