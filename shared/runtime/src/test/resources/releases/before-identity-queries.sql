-- What nodes of the release before ask and tell, with values in the places of their parameters. Each is tried after every later change of
-- the schema, as the owner of the tables, which those nodes are.
INSERT INTO tenants (id, name, plan, created_at) VALUES ('third', 'Third', 'free', '2026-01-03Z') ON CONFLICT DO NOTHING;
INSERT INTO tenants (id, name, plan, created_at) VALUES ('acme', 'Again', 'free', '2026-01-03Z') ON CONFLICT DO NOTHING;
INSERT INTO projects (tenant, id, name, created_at) VALUES ('acme', 'app', 'App', '2026-01-03Z') ON CONFLICT DO NOTHING;
INSERT INTO api_keys (id, tenant, project, name, hmac, pepper_id, scopes, created_at, expires_at) VALUES ('aaaaaaaaaaaaaaaa', 'acme', 'web', 'k', sha256(''), 'p', '{events:publish}', '2026-01-03Z', NULL) RETURNING id, tenant, project, name, scopes, created_at, expires_at, revoked_at, last_used_at;
SELECT id, tenant, project, name, scopes, created_at, expires_at, revoked_at, last_used_at FROM api_keys WHERE tenant = 'acme' AND project = 'web' AND (created_at, id) > ('1970-01-01Z', '') ORDER BY created_at, id LIMIT 51;
SELECT id, tenant, project, scopes, hmac, pepper_id, expires_at, revoked_at, version FROM api_keys WHERE id = '0123456789abcdef';
UPDATE api_keys SET revoked_at = COALESCE(revoked_at, '2026-01-03Z') WHERE tenant = 'acme' AND id = '0123456789abcdef' RETURNING version, id, tenant, project, name, scopes, created_at, expires_at, revoked_at, last_used_at;
UPDATE api_keys SET last_used_at = '2026-01-03Z' WHERE id IN (SELECT id FROM api_keys WHERE id = ANY('{0123456789abcdef}') ORDER BY id FOR UPDATE SKIP LOCKED);
SELECT c.version AS current, k.id, k.version, k.revoked_at FROM change_versions c LEFT JOIN api_keys k ON k.version > 0 WHERE c.topic = 'api_keys' ORDER BY k.version LIMIT 500;
SELECT id FROM api_keys WHERE expires_at > '2029-01-01Z' AND expires_at <= '2031-01-01Z' AND revoked_at IS NULL;
INSERT INTO tickets (hash, tenant, project, key_id, scopes, expires_at) VALUES (sha256('u'), 'acme', 'web', '0123456789abcdef', '{events:publish}', '2030-01-01Z');
DELETE FROM tickets t USING api_keys k WHERE t.hash = sha256('t') AND k.id = t.key_id RETURNING t.tenant, t.project, t.key_id, t.scopes, t.expires_at, k.revoked_at AS key_revoked_at, k.expires_at AS key_expires_at;
SELECT s.revision, r.pattern, r.class FROM topic_rule_sets s LEFT JOIN topic_rules r ON r.tenant = s.tenant AND r.project = s.project WHERE s.tenant = 'acme' AND s.project = 'web' ORDER BY r.pattern;
WITH bumped AS (UPDATE topic_rule_sets SET revision = revision + 1 WHERE tenant = 'acme' AND project = 'web' AND revision = 1 RETURNING revision) DELETE FROM topic_rules WHERE tenant = 'acme' AND project = 'web' AND pattern = 'orders*' AND EXISTS (SELECT FROM bumped);
SELECT id, plan FROM tenants WHERE plan = ANY('{pro}');
SELECT tenant, project, max_age_ms, max_events, max_bytes FROM retention_limits;
SELECT id, tenant, project, topics, reason, placed_at, placed_by, released_at FROM legal_holds WHERE released_at IS NULL;
SELECT tenant, sum(events)::bigint AS events, sum(bytes)::bigint AS bytes FROM storage_usage WHERE tenant > '' GROUP BY tenant ORDER BY tenant LIMIT 10;
SELECT tenant, project, name, durable, topics, filter, ack_wait_ms, max_deliver, backoff_ms, max_in_flight, ordered_by, start_epoch, start_sequence, start_time, paused, created_at FROM consumers WHERE tenant = 'acme' AND project = 'web' AND name = 'c';
UPDATE consumer_deliveries d SET decision = 'ack', decided_by = 'k', published_from = 0, decided_at = '2026-01-03Z', attempted_at = '2026-01-03Z' FROM unnest('{1}'::integer[], '{7}'::bigint[], '{1}'::bigint[]) AS w (epoch, sequence, fence) WHERE d.tenant = 'acme' AND d.project = 'web' AND d.durable = 'd1' AND d.epoch = w.epoch AND d.sequence = w.sequence AND d.fence = w.fence AND d.decision IS NULL RETURNING d.sequence, d.decision;
INSERT INTO scheduled_events (id, tenant, project, key, topic, event, data, created_at, deliver_at, due_at) VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAW', 'acme', 'web', 'k', 'orders', 'event', '1', '2026-01-01Z', '2026-01-02Z', '2026-01-02Z');
SELECT id, tenant, project, key, topic, event, data, content_type, class, ttl_seconds, created_at, deliver_at, state, attempts, error, ended_at FROM scheduled_events WHERE tenant = 'acme' AND project = 'web' AND state IN ('waiting', 'publishing', 'failed') ORDER BY deliver_at, id LIMIT 51;
INSERT INTO subscriber_positions (tenant, project, subscriber, topic, fence, used_at) VALUES ('acme', 'web', 's', 'orders', 2, '2026-01-03Z') ON CONFLICT (tenant, project, subscriber, topic) DO UPDATE SET fence = EXCLUDED.fence RETURNING fence, epoch, sequence;
SELECT tenant, cell, fenced, version FROM tenant_cells WHERE tenant > '' ORDER BY tenant LIMIT 10;
INSERT INTO tenant_cells (tenant, cell, placed_at) VALUES ('rival', 1, '2026-01-03Z') ON CONFLICT DO NOTHING;
