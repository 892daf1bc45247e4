-- In which zone the times of a deployment are read: the one that is configured, else that of the release's opening hours.
ALTER TABLE "deployment" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (overlay #>> '{timeZone}'::text[]) STORED;
ALTER TABLE "release" ADD COLUMN "time_zone" TEXT GENERATED ALWAYS AS (bundle #>> '{answer,schedule,timeZone}'::text[]) STORED;
GRANT SELECT (time_zone) ON deployment TO tandem_overview;
GRANT SELECT (time_zone) ON release TO tandem_overview;
