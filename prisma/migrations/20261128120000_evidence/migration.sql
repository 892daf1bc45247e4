-- What ended calls say about their release, folded once.
CREATE TABLE "call_figure" (
    "tenant_id" UUID NOT NULL,
    "session_id" TEXT NOT NULL,
    "deployment_id" UUID NOT NULL,
    "bundle_hash" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "folded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "is_agents" BOOLEAN NOT NULL,
    "is_booked" BOOLEAN,
    "is_self_served" BOOLEAN,
    "handling_ms" INTEGER,
    "is_error" BOOLEAN NOT NULL,
    "is_hang_up" BOOLEAN NOT NULL,
    "is_crash" BOOLEAN NOT NULL,
    "has_silence" BOOLEAN NOT NULL,
    "response_ms" DOUBLE PRECISION[],

    CONSTRAINT "call_figure_pkey" PRIMARY KEY ("tenant_id","session_id")
);
CREATE INDEX "call_figure_tenant_id_deployment_id_bundle_hash_started_at_idx" ON "call_figure"("tenant_id", "deployment_id", "bundle_hash", "started_at");
ALTER TABLE "call_figure" ADD CONSTRAINT "call_figure_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "session"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- What a rollout gives to the pooled evidence of its wave.
CREATE TABLE "wave_evidence" (
    "tenant_id" UUID NOT NULL,
    "rollout_id" UUID NOT NULL,
    "figure" TEXT NOT NULL,
    "wave_id" UUID NOT NULL,
    "candidate_calls" DOUBLE PRECISION NOT NULL,
    "candidate_sum" DOUBLE PRECISION NOT NULL,
    "candidate_squares" DOUBLE PRECISION NOT NULL,
    "baseline_calls" DOUBLE PRECISION NOT NULL,
    "baseline_sum" DOUBLE PRECISION NOT NULL,
    "baseline_squares" DOUBLE PRECISION NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "wave_evidence_pkey" PRIMARY KEY ("tenant_id","rollout_id","figure")
);
CREATE INDEX "wave_evidence_wave_id_idx" ON "wave_evidence"("wave_id");
ALTER TABLE "wave_evidence" ADD CONSTRAINT "wave_evidence_tenant_id_rollout_id_fkey" FOREIGN KEY ("tenant_id", "rollout_id") REFERENCES "rollout"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE wave_evidence ADD CHECK (figure IN ('calls', 'booked', 'selfServe', 'handlingMs', 'errors', 'hangUps', 'slow', 'slower'));

ALTER TABLE call_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE call_figure FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON call_figure TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
ALTER TABLE wave_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE wave_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_own ON wave_evidence TO tandem_app
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
-- Across tenants the worker sees sums of a wave and not whose they are: tenant and rollout are not among its columns.
CREATE POLICY pooled ON wave_evidence FOR SELECT TO tandem_sweeper USING (true);

GRANT SELECT, INSERT, UPDATE ON call_figure TO tandem_app;
GRANT SELECT, INSERT, UPDATE ON wave_evidence TO tandem_app;
GRANT SELECT (wave_id, figure, candidate_calls, candidate_sum, candidate_squares, baseline_calls, baseline_sum, baseline_squares)
  ON wave_evidence TO tandem_sweeper;

-- Ended calls of one release in a stretch of time: what has still to be folded.
CREATE INDEX session_ended ON session (tenant_id, deployment_id, bundle_hash, started_at) INCLUDE (id, ended_at)
  WHERE kind = 'live' AND ended_at IS NOT NULL;
