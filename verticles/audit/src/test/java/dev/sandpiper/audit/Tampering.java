package dev.sandpiper.audit;

import static dev.sandpiper.audit.TrailWorld.await;

import io.vertx.core.json.JsonObject;
import java.sql.Timestamp;
import java.time.Clock;

/**
 * What the owner of a database can do to a chain of entries. Where hashes would give him away he makes them anew.
 *
 * <p>Each knows which entry is the first bad one, as far as anybody can tell without the installation's key.
 */
enum Tampering {
    EDIT_ENVELOPE(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            edit(world, chain, seq);
        }
    },
    EDIT_ENVELOPE_AND_RELINK(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            edit(world, chain, seq);
            world.relink(chain, seq);
        }
    },
    EDIT_DETAILS(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql(
                    "UPDATE audit_entries SET details = replace(details, '203.0.113.7', '203.0.113.8')"
                            + " WHERE tenant = ? AND seq = ?",
                    chain,
                    seq);
        }
    },
    EDIT_SALT(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("UPDATE audit_entries SET salt = sha256(salt) WHERE tenant = ? AND seq = ?", chain, seq);
        }
    },
    EDIT_COLUMN(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("UPDATE audit_entries SET actor = 'key:other' WHERE tenant = ? AND seq = ?", chain, seq);
        }
    },
    EDIT_SIGNATURE(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("UPDATE audit_entries SET signature = salt || salt WHERE tenant = ? AND seq = ?", chain, seq);
        }
    },
    ERASE_DETAILS_SILENTLY(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql(
                    "UPDATE audit_entries SET details = NULL, salt = NULL, actor = NULL, target = NULL"
                            + " WHERE tenant = ? AND seq = ?",
                    chain,
                    seq);
        }
    },
    DELETE(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq = ?", chain, seq);
        }
    },
    DELETE_AND_RELINK(true) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq = ?", chain, seq);
            renumber(world, chain, seq, -1);
            world.relink(chain, seq);
        }
    },
    INSERT_OWN_AND_RELINK(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            var own = new EntrySigner(SigningKey.of(Canonical.sha256("another key")), Clock.systemUTC());
            insert(world, chain, seq, own.sign(chain, TrailWorld.entry(chain, "planted", new JsonObject())));
        }
    },
    INSERT_COPY_AND_RELINK(true) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            renumber(world, chain, seq, 1);
            world.sql(
                    "INSERT INTO audit_entries (tenant, seq, envelope, details, salt, signature, hash, at, action, project,"
                            + " actor, target) SELECT tenant, ?, envelope, details, salt, signature, hash, at, action,"
                            + " project, actor, target FROM audit_entries WHERE tenant = ? AND seq = ?",
                    seq,
                    chain,
                    seq + 1);
            world.relink(chain, seq);
        }

        @Override
        long firstBad(long seq) {
            // Of two that are the same, nobody can say which was first.
            return seq + 1;
        }
    },
    SWAP(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            swap(world, chain, seq);
        }
    },
    SWAP_AND_RELINK(true) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            swap(world, chain, seq);
            world.relink(chain, seq);
        }
    },
    CUT_END(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq >= ?", chain, seq);
        }
    },
    CUT_END_AND_RELINK(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq >= ?", chain, seq);
            rollBack(world, chain);
        }
    },
    CUT_END_AND_GO_ON(true) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            long many = world.seq(chain) - seq + 2;
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq >= ?", chain, seq);
            rollBack(world, chain);
            // Genuine ones, as an installation writes them that does not know of its past.
            world.append(chain, (int) many);
        }
    },
    CUT_BEGINNING(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq <= ?", chain, seq);
        }

        @Override
        long firstBad(long seq) {
            return 1;
        }
    },
    CUT_BEGINNING_AND_CALL_IT_SEALED(true) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql(
                    "UPDATE audit_chains c SET sealed_seq = e.seq, sealed_hash = e.hash FROM audit_entries e"
                            + " WHERE c.tenant = ? AND e.tenant = c.tenant AND e.seq = ?",
                    chain,
                    seq);
            world.sql("DELETE FROM audit_entries WHERE tenant = ? AND seq <= ?", chain, seq);
        }

        @Override
        long firstBad(long seq) {
            return 1;
        }
    },
    DROP_EVERYTHING(false) {
        @Override
        void tamper(TrailWorld world, String chain, long seq) {
            world.sql("DELETE FROM audit_entries WHERE tenant = ?", chain);
            world.sql("DELETE FROM audit_chains WHERE tenant = ?", chain);
        }

        @Override
        long firstBad(long seq) {
            return 1;
        }
    };

    /** Whether only checkpoints know of it: then the first bad entry is one since the newest that still agrees. */
    final boolean betweenCheckpoints;

    Tampering(boolean betweenCheckpoints) {
        this.betweenCheckpoints = betweenCheckpoints;
    }

    /** @param seq neither the first nor the newest */
    abstract void tamper(TrailWorld world, String chain, long seq);

    long firstBad(long seq) {
        return seq;
    }

    private static void edit(TrailWorld world, String chain, long seq) {
        world.sql(
                "UPDATE audit_entries SET envelope = replace(envelope, 'thing.created', 'thing.deleted'),"
                        + " action = 'thing.deleted' WHERE tenant = ? AND seq = ?",
                chain,
                seq);
    }

    private static void renumber(TrailWorld world, String chain, long from, long by) {
        // In two steps, since numbers are unique.
        world.sql("UPDATE audit_entries SET seq = -(seq + ?) WHERE tenant = ? AND seq >= ?", by, chain, from);
        world.sql("UPDATE audit_entries SET seq = -seq WHERE tenant = ? AND seq < 0", chain);
    }

    private static void insert(TrailWorld world, String chain, long seq, SignedEntry entry) {
        renumber(world, chain, seq, 1);
        world.sql(
                "INSERT INTO audit_entries (tenant, seq, envelope, details, salt, signature, hash, at, action, project,"
                        + " actor, target) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                chain,
                seq,
                entry.envelope(),
                entry.details(),
                entry.salt(),
                entry.signature(),
                entry.salt(),
                Timestamp.from(entry.at()),
                entry.action(),
                entry.project(),
                entry.actor(),
                entry.target());
        world.relink(chain, seq);
    }

    private static void swap(TrailWorld world, String chain, long seq) {
        world.sql(
                "UPDATE audit_entries a SET envelope = b.envelope, details = b.details, salt = b.salt,"
                        + " signature = b.signature, at = b.at, action = b.action, actor = b.actor, target = b.target"
                        + " FROM audit_entries b WHERE a.tenant = ? AND b.tenant = a.tenant"
                        + " AND ((a.seq = ? AND b.seq = ?) OR (a.seq = ? AND b.seq = ?))",
                chain,
                seq,
                seq + 1,
                seq + 1,
                seq);
    }

    /** The head of the chain as it was when its newest entry was written; of checkpoints the database knows nothing either. */
    private static void rollBack(TrailWorld world, String chain) {
        ChainEntry last = await(world.store.read(chain, 0, 10_000)).getLast();
        world.sql(
                "UPDATE audit_chains SET seq = ?, hash = ?, checkpoint = 0, checked_seq = 0 WHERE tenant = ?",
                last.seq(),
                last.hash(),
                chain);
    }
}
