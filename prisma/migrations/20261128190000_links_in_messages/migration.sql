-- Whom the links of one use in an endpoint's messages act as, and who decided where they go: none of these approves a rollout of their own.
ALTER TABLE webhook_endpoint
  ADD COLUMN "links_for" TEXT,
  ADD COLUMN "links_by" TEXT,
  ADD COLUMN "url_by" TEXT,
  ADD CHECK ((links_for IS NULL) = (links_by IS NULL));
GRANT UPDATE (links_for, links_by, url_by) ON webhook_endpoint TO tandem_app;
