--liquibase formatted sql

-- The audit trail: a chain of entries for each tenant, and one for the installation, of the name '~installation', which is no
-- tenant's id. No reference to tenants: what was done to a tenant outlives it.

--changeset sandpiper:audit-001-chains
CREATE TABLE audit_chains (
    tenant        text COLLATE "C" PRIMARY KEY,
    seq           bigint      NOT NULL CHECK (seq >= 0),
    hash          bytea       NOT NULL CHECK (length(hash) = 32),
    sealed_seq    bigint      NOT NULL DEFAULT 0,
    sealed_hash   bytea,
    checkpoint    bigint      NOT NULL DEFAULT 0,
    checked_seq   bigint      NOT NULL DEFAULT 0,
    changed_at    timestamptz NOT NULL
);
--rollback DROP TABLE audit_chains;

-- What the proof is about is the text of envelope and details. The columns behind it only help to find entries, and the proof
-- compares them with the text.

--changeset sandpiper:audit-001-entries
CREATE TABLE audit_entries (
    tenant    text COLLATE "C" NOT NULL,
    seq       bigint      NOT NULL,
    position  bigint GENERATED ALWAYS AS IDENTITY,
    envelope  text        NOT NULL,
    details   text,
    salt      bytea,
    signature bytea       NOT NULL,
    hash      bytea       NOT NULL,
    at        timestamptz NOT NULL,
    action    text        NOT NULL,
    project   text COLLATE "C" NOT NULL DEFAULT '',
    actor     text,
    target    text,
    PRIMARY KEY (tenant, seq)
);
CREATE UNIQUE INDEX audit_entries_by_position ON audit_entries (position);
CREATE INDEX audit_entries_of_tenant ON audit_entries (tenant, position);
CREATE INDEX audit_entries_by_actor ON audit_entries (tenant, actor, position);
--rollback DROP TABLE audit_entries;

-- A guard against mistakes, not against the owner of the database, whom only the proof stops: entries are neither changed nor
-- deleted, but for their details, which may be erased, and for entries of which a sealed summary is kept.

--changeset sandpiper:audit-001-guard splitStatements:false
CREATE FUNCTION guard_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM audit_chains WHERE tenant = OLD.tenant AND sealed_seq >= OLD.seq
    ) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.details IS NULL AND NEW.salt IS NULL AND NEW.actor IS NULL AND NEW.target IS NULL
        AND (NEW.tenant, NEW.seq, NEW.position, NEW.envelope, NEW.signature, NEW.hash, NEW.at, NEW.action, NEW.project)
          = (OLD.tenant, OLD.seq, OLD.position, OLD.envelope, OLD.signature, OLD.hash, OLD.at, OLD.action, OLD.project)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'entries of the audit trail stay as they are' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION guard_audit_entries();
CREATE TRIGGER audit_entries_stay_all BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION guard_audit_entries();
--rollback DROP TRIGGER audit_entries_stay_all ON audit_entries;
--rollback DROP TRIGGER audit_entries_stay ON audit_entries;
--rollback DROP FUNCTION guard_audit_entries;

-- A node reads the trail of the tenant that it works for, and writes it by the functions below alone, which run with the rights of
-- the tables' owner.

--changeset sandpiper:audit-001-isolation
SELECT isolate_tenants('audit_chains');
SELECT isolate_tenants('audit_entries');
REVOKE INSERT, UPDATE, DELETE ON audit_chains, audit_entries FROM sandpiper_node;
--rollback not required

-- Whether the transaction may write in a chain: its own tenant's, the installation's, or any when it works for the installation.

--changeset sandpiper:audit-001-permit splitStatements:false
CREATE FUNCTION audit_permit(p_tenant text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_tenant <> '~installation'
        AND coalesce(current_setting('sandpiper.access', true), '') <> 'platform'
        AND coalesce(current_setting('sandpiper.tenant', true), '') <> p_tenant
    THEN
        RAISE EXCEPTION 'this transaction does not work for the tenant %', p_tenant USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;
--rollback DROP FUNCTION audit_permit;

-- Appends in the transaction of the change, in one round trip: the row of the chain is locked from here to the commit, so that
-- changes of one tenant follow each other and those of different tenants do not meet. What is hashed is canonical JSON (RFC
-- 8785) made by hand: none of its members needs an escape.

--changeset sandpiper:audit-001-append splitStatements:false
CREATE FUNCTION audit_append(
    p_tenant text, p_envelope text, p_details text, p_salt bytea, p_signature bytea,
    p_at timestamptz, p_action text, p_project text, p_actor text, p_target text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    head record;
    next_hash bytea;
BEGIN
    PERFORM audit_permit(p_tenant);
    INSERT INTO audit_chains (tenant, seq, hash, changed_at)
        VALUES (p_tenant, 0, sha256(convert_to('{"chain":"' || p_tenant || '"}', 'UTF8')), p_at)
        ON CONFLICT (tenant) DO NOTHING;
    SELECT seq, hash INTO head FROM audit_chains WHERE tenant = p_tenant FOR UPDATE;
    next_hash := sha256(convert_to(
        '{"chain":"' || p_tenant
        || '","entry":"' || encode(sha256(convert_to(p_envelope, 'UTF8')), 'hex')
        || '","prev":"' || encode(head.hash, 'hex')
        || '","seq":' || (head.seq + 1) || '}', 'UTF8'));
    INSERT INTO audit_entries
        (tenant, seq, envelope, details, salt, signature, hash, at, action, project, actor, target)
        VALUES (p_tenant, head.seq + 1, p_envelope, p_details, p_salt, p_signature, next_hash,
                p_at, p_action, p_project, p_actor, p_target);
    UPDATE audit_chains SET seq = head.seq + 1, hash = next_hash, changed_at = p_at WHERE tenant = p_tenant;
    RETURN head.seq + 1;
END
$$;
--rollback DROP FUNCTION audit_append;

-- Takes details away; the entry that says so is appended in the same transaction.

--changeset sandpiper:audit-001-erase splitStatements:false
CREATE FUNCTION audit_erase(p_tenant text, p_first bigint[], p_last bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_permit(p_tenant);
    PERFORM 1 FROM audit_chains WHERE tenant = p_tenant FOR UPDATE;
    UPDATE audit_entries e SET details = NULL, salt = NULL, actor = NULL, target = NULL
        FROM unnest(p_first, p_last) AS r(first, last)
        WHERE e.tenant = p_tenant AND e.seq BETWEEN r.first AND r.last AND e.details IS NOT NULL;
END
$$;
--rollback DROP FUNCTION audit_erase;

-- Deletes what a sealed summary stands for, which is appended in the same transaction; never what no checkpoint vouches for.

--changeset sandpiper:audit-001-seal splitStatements:false
CREATE FUNCTION audit_seal(p_tenant text, p_seq bigint, p_hash bytea)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_permit(p_tenant);
    UPDATE audit_chains SET sealed_seq = p_seq, sealed_hash = p_hash
        WHERE tenant = p_tenant AND checked_seq >= p_seq AND sealed_seq < p_seq;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no checkpoint vouches for entry %', p_seq USING ERRCODE = 'restrict_violation';
    END IF;
    DELETE FROM audit_entries WHERE tenant = p_tenant AND seq <= p_seq;
END
$$;
--rollback DROP FUNCTION audit_seal;

-- Remembers what the newest checkpoint vouches for.

--changeset sandpiper:audit-001-checked splitStatements:false
CREATE FUNCTION audit_checked(p_tenant text, p_number bigint, p_seq bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_permit(p_tenant);
    UPDATE audit_chains SET checkpoint = p_number, checked_seq = p_seq
        WHERE tenant = p_tenant AND checkpoint < p_number;
END
$$;
--rollback DROP FUNCTION audit_checked;
