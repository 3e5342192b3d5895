--liquibase formatted sql

-- Events that are published later. A row stays for a day after its end, so that its key is recognised.

--changeset sandpiper:schedules-001-scheduled-events
CREATE TABLE scheduled_events (
    id           text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9A-Z]{26}$'),
    tenant       text COLLATE "C" NOT NULL,
    project      text COLLATE "C" NOT NULL,
    key          text COLLATE "C" CHECK (length(key) BETWEEN 1 AND 256),
    topic        text        NOT NULL,
    event        text        NOT NULL,
    data         bytea       NOT NULL,
    content_type text,
    class        text,
    ttl_seconds  bigint,
    created_at   timestamptz NOT NULL,
    deliver_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    state        text        NOT NULL DEFAULT 'waiting'
                 CHECK (state IN ('waiting', 'publishing', 'published', 'failed', 'cancelled')),
    attempts     integer     NOT NULL DEFAULT 0,
    error        text,
    ended_at     timestamptz,
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id)
);
CREATE UNIQUE INDEX scheduled_events_by_key ON scheduled_events (tenant, project, key) WHERE key IS NOT NULL;
CREATE INDEX scheduled_events_due ON scheduled_events (due_at, id) WHERE state IN ('waiting', 'publishing');
CREATE INDEX scheduled_events_open ON scheduled_events (tenant, project, deliver_at, id)
    WHERE state IN ('waiting', 'publishing', 'failed');
CREATE INDEX scheduled_events_ended ON scheduled_events (ended_at) WHERE ended_at IS NOT NULL;
--rollback DROP TABLE scheduled_events;
