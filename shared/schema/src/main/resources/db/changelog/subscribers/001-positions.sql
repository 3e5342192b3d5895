--liquibase formatted sql

-- Up to where a subscriber that acknowledges under a name has dealt with the events of a channel. Only the holder of the newest
-- fence moves it. Written often: room on the page, and no index on what changes but the one by which the unused are found.

--changeset sandpiper:subscribers-001-positions
CREATE SEQUENCE subscriber_fences;
CREATE TABLE subscriber_positions (
    tenant     text COLLATE "C" NOT NULL,
    project    text COLLATE "C" NOT NULL,
    subscriber text COLLATE "C" NOT NULL CHECK (subscriber ~ '^[A-Za-z0-9._-]{1,64}$'),
    topic      text COLLATE "C" NOT NULL,
    fence      bigint      NOT NULL,
    epoch      integer,
    sequence   bigint,
    used_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant, project, subscriber, topic),
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id)
) WITH (fillfactor = 70);
CREATE INDEX subscriber_positions_used ON subscriber_positions USING brin (used_at);
--rollback DROP TABLE subscriber_positions; DROP SEQUENCE subscriber_fences;
