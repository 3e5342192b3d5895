--liquibase formatted sql

--changeset sandpiper:schedules-002-headers
-- In the order in which they were given.
ALTER TABLE scheduled_events ADD COLUMN headers json CHECK (json_typeof(headers) = 'object');
--rollback ALTER TABLE scheduled_events DROP COLUMN headers;
