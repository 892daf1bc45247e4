-- Where the node that answered stands: latency is told by region.
ALTER TABLE "session" ADD COLUMN "region" TEXT NOT NULL DEFAULT 'local';

-- What latency over a window reads, and what retention looks for.
CREATE INDEX session_event_turns ON session_event (tenant_id, deployment_id, at) WHERE type = 'turn-ended';
CREATE INDEX session_event_texts ON session_event (tenant_id, at)
  WHERE payload ? 'callerText' OR payload ? 'agentText' OR payload ? 'summary';
CREATE INDEX session_caller ON session (tenant_id, started_at) WHERE caller IS NOT NULL;

-- Takes texts and callers out when their days are over, within one tenant, and can do nothing else.
CREATE POLICY retention_of_tenant ON session TO tandem_retention
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY retention_of_tenant ON session_event TO tandem_retention
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY retention_of_tenant ON release FOR SELECT TO tandem_retention
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT USAGE ON SCHEMA public TO tandem_retention;
GRANT SELECT (tenant_id, id, bundle_hash, started_at, caller), UPDATE (caller) ON session TO tandem_retention;
GRANT SELECT (tenant_id, session_id, seq, at, payload), UPDATE (payload) ON session_event TO tandem_retention;
GRANT SELECT (tenant_id, hash, bundle) ON release TO tandem_retention;
