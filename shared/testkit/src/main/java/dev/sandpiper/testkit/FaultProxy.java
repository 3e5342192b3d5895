package dev.sandpiper.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands between a client and a server on 127.0.0.1 and breaks their connections in the ways that networks do. */
public final class FaultProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FaultProxy.class);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private enum Mode {
        PASS,
        SILENT,
        REFUSE
    }

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Mode mode = Mode.PASS;
    private Duration delay = Duration.ZERO;

    private FaultProxy(ServerSocket listener, int targetPort) {
        this.listener = listener;
        this.targetPort = targetPort;
    }

    /** Passes everything on until told otherwise. */
    public static FaultProxy to(int targetPort) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), 0));
            FaultProxy proxy = new FaultProxy(listener, targetPort);
            Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a proxy", e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Works as if it were not there; what was held back flows again. */
    public void restore() {
        become(Mode.PASS);
    }

    /** Half-open: connections are accepted and stay, but nothing comes through in either direction. */
    public void goSilent() {
        become(Mode.SILENT);
    }

    /** Closes every connection, and every new one at once. */
    public void cut() {
        become(Mode.REFUSE);
        sockets.forEach(FaultProxy::close);
    }

    /** Resets every connection (RST); new ones pass. */
    public void reset() {
        sockets.forEach(socket -> {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                LOG.debug("A connection was closed before it was reset", e);
            }
            close(socket);
        });
    }

    /** Holds every chunk of bytes for that time, in each direction. */
    public void delay(Duration duration) {
        lock.lock();
        try {
            delay = duration;
        } finally {
            lock.unlock();
        }
    }

    /** Connections that are open between a client and this proxy. */
    public int connections() {
        return (int) sockets.stream()
                .filter(socket -> socket.getLocalPort() == port() && !socket.isClosed())
                .count();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close a proxy", e);
        }
        cut();
    }

    private void become(Mode wanted) {
        lock.lock();
        try {
            mode = wanted;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                if (currentMode() == Mode.REFUSE) {
                    close(client);
                    continue;
                }
                Thread.ofVirtual().name("fault-proxy-connection").start(() -> serve(client));
            } catch (IOException e) {
                LOG.debug("The proxy accepts no more", e);
            }
        }
    }

    private void serve(Socket client) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            awaitPassage();
            server.connect(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), targetPort));
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread back = Thread.ofVirtual().name("fault-proxy-back").start(() -> pump(server, client));
            pump(client, server);
            back.join();
        } catch (IOException e) {
            LOG.debug("A proxied connection failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(client);
            close(server);
            sockets.remove(client);
            sockets.remove(server);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitPassage();
                out.write(buffer, 0, n);
                out.flush();
            }
            awaitPassage();
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitPassage() throws InterruptedException {
        Duration pause;
        lock.lockInterruptibly();
        try {
            while (mode == Mode.SILENT) {
                changed.await();
            }
            pause = delay;
        } finally {
            lock.unlock();
        }
        if (!pause.isZero()) {
            Thread.sleep(pause);
        }
    }

    private Mode currentMode() {
        lock.lock();
        try {
            return mode;
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }
}
