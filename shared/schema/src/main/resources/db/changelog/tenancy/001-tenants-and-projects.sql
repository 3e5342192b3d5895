--liquibase formatted sql

-- Ids are slugs, safe as a NATS subject token. They sort by bytes ("C"), so that lists page the same way everywhere.

--changeset sandpiper:tenancy-001-tenants
CREATE TABLE tenants (
    id         text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    status     text        NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'trial', 'past_due', 'suspended')),
    plan       text        NOT NULL DEFAULT 'free' CHECK (length(plan) BETWEEN 1 AND 40),
    created_at timestamptz NOT NULL
);
--rollback DROP TABLE tenants;

--changeset sandpiper:tenancy-001-projects
CREATE TABLE projects (
    tenant     text COLLATE "C" NOT NULL REFERENCES tenants (id),
    id         text COLLATE "C" NOT NULL CHECK (id ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, id)
);
--rollback DROP TABLE projects;
