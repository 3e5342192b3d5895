--liquibase formatted sql

-- Up to where each node carries suspensions out. A node that did not say so for longer than its lease does not serve anybody that it cannot
-- be sure of, so nobody waits for it.

--changeset sandpiper:tenancy-004-suspension-nodes
CREATE TABLE suspension_nodes (
    node         text COLLATE "C" PRIMARY KEY,
    version      bigint      NOT NULL,
    confirmed_at timestamptz NOT NULL
);
CREATE INDEX tenants_suspended ON tenants (id) WHERE status = 'suspended';
--rollback DROP INDEX tenants_suspended; DROP TABLE suspension_nodes;
