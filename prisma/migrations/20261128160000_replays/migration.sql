-- Replays of past sessions that somebody asked for, and what replays came to, session by session, those of rollouts included.
CREATE TABLE "replay" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "deployment_id" UUID NOT NULL,
    "policy" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "report" JSONB,
    "failure" TEXT,
    "requested_by" TEXT NOT NULL,
    "claimed_until" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "replay_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE TABLE "replay_session" (
    "tenant_id" UUID NOT NULL,
    "replay_id" UUID NOT NULL,
    "session_id" TEXT NOT NULL,
    "comparison" JSONB NOT NULL,
    "words" JSONB,
    "words_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "replay_session_pkey" PRIMARY KEY ("tenant_id","replay_id","session_id")
);
CREATE UNIQUE INDEX "replay_id_key" ON "replay"("id");
ALTER TABLE "replay" ADD CONSTRAINT "replay_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
ALTER TABLE "replay_session" ADD CONSTRAINT "replay_session_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "session"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE replay
  ADD CHECK (state IN ('pending', 'done', 'failed')),
  ADD CHECK ((state = 'pending') = (finished_at IS NULL)),
  ADD CHECK ((state = 'done') = (report IS NOT NULL)),
  ADD CHECK ((state = 'failed') = (failure IS NOT NULL));
-- What a worker looks for, and one at a time of a deployment.
CREATE UNIQUE INDEX replay_pending ON replay (tenant_id, deployment_id) WHERE state = 'pending';
-- What retention looks for.
CREATE INDEX replay_session_words ON replay_session (tenant_id, words_until) WHERE words IS NOT NULL;

-- What tools were told and answered is kept and taken out with the words of a call.
DROP INDEX session_event_texts;
CREATE INDEX session_event_texts ON session_event (tenant_id, at)
  WHERE payload ? 'callerText' OR payload ? 'agentText' OR payload ? 'summary' OR payload ? 'exchange';

ALTER TABLE replay ENABLE ROW LEVEL SECURITY;
ALTER TABLE replay FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON replay TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY sweep ON replay FOR SELECT TO tandem_sweeper USING (true);
GRANT SELECT, INSERT ON replay TO tandem_app;
GRANT UPDATE (state, report, failure, claimed_until, finished_at) ON replay TO tandem_app;
GRANT SELECT (tenant_id, id, state, claimed_until, created_at) ON replay TO tandem_sweeper;

ALTER TABLE replay_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE replay_session FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON replay_session TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY retention_of_tenant ON replay_session TO tandem_retention
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT ON replay_session TO tandem_app;
GRANT SELECT (tenant_id, words, words_until), UPDATE (words) ON replay_session TO tandem_retention;
