--liquibase formatted sql

-- A consumer as its project made it. What was delivered and acknowledged is for JetStream to know, under the durable name,
-- which is another one after a reset.

--changeset sandpiper:consumers-001-consumers
CREATE TABLE consumers (
    tenant         text COLLATE "C" NOT NULL,
    project        text COLLATE "C" NOT NULL,
    name           text COLLATE "C" NOT NULL CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    durable        text COLLATE "C" NOT NULL UNIQUE,
    topics         text[]      NOT NULL,
    filter         text,
    ack_wait_ms    bigint      NOT NULL,
    max_deliver    integer     NOT NULL,
    backoff_ms     bigint[]    NOT NULL,
    max_in_flight  integer     NOT NULL,
    ordered_by     text        NOT NULL CHECK (ordered_by IN ('topic', 'none')),
    start_epoch    integer     NOT NULL,
    start_sequence bigint      NOT NULL,
    start_time     timestamptz,
    paused         boolean     NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant, project, name),
    FOREIGN KEY (tenant, project) REFERENCES projects (tenant, id)
);
--rollback DROP TABLE consumers;

-- What has to be deleted in JetStream still: written together with the change that makes it superfluous.

--changeset sandpiper:consumers-001-removals
CREATE TABLE consumer_removals (
    durable      text COLLATE "C" PRIMARY KEY,
    tenant       text COLLATE "C" NOT NULL,
    project      text COLLATE "C" NOT NULL,
    requested_at timestamptz NOT NULL
);
--rollback DROP TABLE consumer_removals;

-- Who may decide about an event: whoever holds the newest fence. A decision is made once, in one statement, together with the
-- events that are to be published for it. Decided rows stay for a while, because JetStream may deliver an event again
-- whose acknowledgement it forgot.

--changeset sandpiper:consumers-001-deliveries
CREATE SEQUENCE consumer_fences;
CREATE TABLE consumer_deliveries (
    tenant       text COLLATE "C" NOT NULL,
    project      text COLLATE "C" NOT NULL,
    durable      text COLLATE "C" NOT NULL,
    epoch        integer     NOT NULL,
    sequence     bigint      NOT NULL,
    fence        bigint      NOT NULL,
    delivery     integer     NOT NULL,
    reply        text        NOT NULL,
    stored_at    timestamptz NOT NULL,
    leased_until timestamptz NOT NULL,
    decision     text CHECK (decision IN ('ack', 'term')),
    reason       text,
    outputs      bytea,
    receipts     bytea,
    decided_by   text,
    published_from bigint,
    decided_at   timestamptz,
    attempted_at timestamptz,
    finished_at  timestamptz,
    PRIMARY KEY (durable, epoch, sequence)
);
CREATE INDEX consumer_deliveries_unfinished ON consumer_deliveries (attempted_at)
    WHERE decision IS NOT NULL AND finished_at IS NULL;
CREATE INDEX consumer_deliveries_finished ON consumer_deliveries (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX consumer_deliveries_open ON consumer_deliveries (leased_until) WHERE decision IS NULL;
--rollback DROP TABLE consumer_deliveries; DROP SEQUENCE consumer_fences;
