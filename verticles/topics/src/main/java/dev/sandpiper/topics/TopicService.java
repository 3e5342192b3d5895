package dev.sandpiper.topics;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Schedules;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.http.Routes;
import dev.sandpiper.topics.schema.SchemaCompiler;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The rules of topics on one node: one per node, used by all of its event loops. */
public final class TopicService {
    private final Vertx vertx;
    private final RuleStore store;
    private final TopicsConfig config;
    private final SchemaCompiler compiler;
    private final RuleBook book;
    private final RuleNews news;
    private final TopicMetrics metrics;
    private final RuleCheck check;

    public TopicService(Vertx vertx, RuleStore store, TopicsConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.compiler = new SchemaCompiler(config.schemas());
        this.book = new RuleBook(compiler);
        this.news = new RuleNews(vertx, store, book, config.pollInterval());
        this.metrics = new TopicMetrics(registry, book);
        this.check = new RuleCheck(book, metrics);
    }

    /** Reads the rules and follows them. Succeeds also when PostgreSQL is away; until it answers no event is let through. */
    public Future<Void> start() {
        return news.start();
    }

    public Future<Void> close() {
        return news.close();
    }

    public TopicRules rules() {
        return book;
    }

    /** Whether some rule limits how much is kept of a topic. */
    public boolean limitRetention() {
        return book.limitsRetention();
    }

    /** The same publisher for those events only that keep the rules. */
    public Publisher enforce(Publisher publisher) {
        return new RuledPublisher(vertx, check, publisher);
    }

    /** Likewise for several events in one step. */
    public Transactions enforceTogether(Transactions transactions) {
        return new RuledTransactions(vertx, check, transactions);
    }

    /** Likewise for events that are published later. */
    public Schedules enforceLater(Schedules schedules) {
        return new RuledSchedules(vertx, check, schedules);
    }

    public Routes routes(RecentEvents recent, CursorCodec cursors) {
        var decisions = new RuleDecisions(compiler, config.maxRules());
        var admin = new RuleAdmin(vertx, store, decisions, recent, news::announce);
        return new TopicRoutes(admin, cursors, config.schemas().maxBytes());
    }
}
