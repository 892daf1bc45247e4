-- A call-back's number and words go when the days of the release that placed it are over; that they were agreed to stays provable.
ALTER TABLE "outbound_call" ALTER COLUMN "to_number" DROP NOT NULL,
  ALTER COLUMN "consent_text" DROP NOT NULL,
  ADD COLUMN "consent_proof" TEXT,
  ADD COLUMN "kept_days" INTEGER NOT NULL DEFAULT 90;
ALTER TABLE outbound_call
  ADD CHECK (kept_days >= 0),
  -- All of it is there, or its proof is; calls that are still to be placed keep their number.
  ADD CHECK ((to_number IS NULL) = (consent_text IS NULL) AND (to_number IS NULL) = (consent_proof IS NOT NULL)),
  ADD CHECK (to_number IS NOT NULL OR finished_at IS NOT NULL);
-- What retention looks for.
CREATE INDEX outbound_call_number ON outbound_call (tenant_id, finished_at) WHERE to_number IS NOT NULL AND finished_at IS NOT NULL;

CREATE POLICY retention_of_tenant ON outbound_call TO tandem_retention
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT (tenant_id, id, to_number, consent_given_at, consent_text, kept_days, expires_at, finished_at),
  UPDATE (to_number, consent_text, consent_proof) ON outbound_call TO tandem_retention;
