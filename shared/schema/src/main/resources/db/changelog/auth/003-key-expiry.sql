--liquibase formatted sql

-- Nodes ask which keys expired since they last asked, to end the connections that those opened.

--changeset sandpiper:auth-003-api-keys-by-expiry
CREATE INDEX api_keys_by_expiry ON api_keys (expires_at) WHERE expires_at IS NOT NULL;
--rollback DROP INDEX api_keys_by_expiry;
