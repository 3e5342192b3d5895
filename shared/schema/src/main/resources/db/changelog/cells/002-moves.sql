--liquibase formatted sql

-- Tenants on their way from one stream to another, and those that have arrived: by these rows cursors of the former stream are
-- understood. Sequences are of the target, but for those that say otherwise; zero until they are known.

--changeset sandpiper:cells-002-tenant-moves
CREATE TABLE tenant_moves (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant          text COLLATE "C" NOT NULL,
    source          integer     NOT NULL REFERENCES event_streams (cell),
    target          integer     NOT NULL REFERENCES event_streams (cell),
    state           text        NOT NULL DEFAULT 'copying' CHECK (state IN ('copying', 'sweeping', 'done', 'cancelled')),
    copied          bigint      NOT NULL DEFAULT 0,
    total           bigint      NOT NULL DEFAULT 0,
    source_epoch    integer     NOT NULL DEFAULT 0,
    target_epoch    integer     NOT NULL DEFAULT 0,
    first_sequence  bigint      NOT NULL DEFAULT 0,
    last_sequence   bigint      NOT NULL DEFAULT 0,
    source_trimmed  bigint      NOT NULL DEFAULT 0,
    source_last     bigint      NOT NULL DEFAULT 0,
    note            text        NOT NULL DEFAULT '',
    started_at      timestamptz NOT NULL,
    switched_at     timestamptz,
    finished_at     timestamptz,
    CHECK (source <> target)
);
CREATE UNIQUE INDEX tenant_moves_under_way ON tenant_moves (tenant) WHERE state IN ('copying', 'sweeping');
CREATE INDEX tenant_moves_by_tenant ON tenant_moves (tenant, id);
--rollback DROP TABLE tenant_moves;

-- Up to where each node follows the places of tenants: what is fenced at or below that version, it publishes no more.

--changeset sandpiper:cells-002-cell-nodes
CREATE TABLE cell_nodes (
    node    text PRIMARY KEY,
    version bigint      NOT NULL,
    seen_at timestamptz NOT NULL
);
--rollback DROP TABLE cell_nodes;
