-- Which media nodes answer calls, and which look at the pointers each of them serves: what calls may use is not removed under a node that
-- has not told that it has seen the pointer's last move.
CREATE TABLE "media_node" (
    "tenant_id" UUID NOT NULL DEFAULT '00000000-0000-4000-8000-000000000000'::uuid,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "looked_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "media_node_pkey" PRIMARY KEY ("tenant_id","id")
);
ALTER TABLE media_node
  ADD CONSTRAINT media_node_of_platform CHECK (tenant_id = '00000000-0000-4000-8000-000000000000'),
  ADD CONSTRAINT media_node_name_length CHECK (char_length(name) BETWEEN 1 AND 300),
  ENABLE ROW LEVEL SECURITY,
  FORCE ROW LEVEL SECURITY;
CREATE POLICY of_nodes ON media_node TO tandem_media USING (true) WITH CHECK (true);
-- Whoever moves a tenant's rollout must know which nodes are behind; nothing in it tells of a tenant.
CREATE POLICY behind ON media_node FOR SELECT TO tandem_app USING (true);
CREATE POLICY platform_own ON media_node TO tandem_platform USING (true);
GRANT INSERT, SELECT, DELETE, UPDATE (name, region, looked_at) ON media_node TO tandem_media;
GRANT SELECT (name, looked_at) ON media_node TO tandem_app;
GRANT SELECT, DELETE ON media_node TO tandem_platform;
