--liquibase formatted sql

-- A ticket stands in for the key it was bought with, for seconds and once. Only its hash is stored.

--changeset sandpiper:auth-002-tickets
CREATE TABLE tickets (
    hash       bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    tenant     text COLLATE "C" NOT NULL,
    project    text COLLATE "C" NOT NULL,
    key_id     text COLLATE "C" NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    scopes     text[]      NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX tickets_by_key ON tickets (tenant, key_id);
CREATE INDEX tickets_by_expiry ON tickets (expires_at);
--rollback DROP TABLE tickets;
