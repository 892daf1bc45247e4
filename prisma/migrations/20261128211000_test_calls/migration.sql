-- Scripted calls that people ask a worker to place to a slot.
ALTER TABLE "command" ADD COLUMN "input" JSONB;
ALTER TABLE command
  DROP CONSTRAINT command_kind_check,
  ADD CONSTRAINT command_kind_check CHECK (kind IN ('plan', 'drift', 'test-connection', 'test-call')),
  ADD CHECK ((kind = 'test-call') = (input IS NOT NULL));
CREATE INDEX command_test_calls ON command (tenant_id, subject_id, created_at, id) WHERE kind = 'test-call';
-- One caller at a time to a deployment.
CREATE UNIQUE INDEX command_one_test_call ON command (tenant_id, subject_id) WHERE kind = 'test-call' AND state = 'pending';
