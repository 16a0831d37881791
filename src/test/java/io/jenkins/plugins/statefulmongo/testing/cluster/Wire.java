package io.jenkins.plugins.statefulmongo.testing.cluster;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.MongoWireMessageEncoder;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import de.bwaldvogel.mongo.wire.message.ClientRequest;
import de.bwaldvogel.mongo.wire.message.MessageHeader;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import de.bwaldvogel.mongo.wire.message.MongoReply;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * One member's door: mongo-java-server's wire protocol on a loopback port. Unlike that library's own server it shares its threads with all
 * members, and carries out commands outside the event loop, because some of them wait.
 */
final class Wire {
    /** Answers a command; may block. Null means no answer and the end of the connection. */
    interface Handler {
        Document handle(Authentication.Session session, String database, Document command);
    }

    private final ChannelGroup clients;
    private final AtomicInteger ids = new AtomicInteger();
    private final ExecutorService commands;
    private final Handler handler;
    private final Channel server;

    /**
     * @param certificate with its key, as PEM; null: no TLS
     * @param required whether nothing but TLS is understood
     */
    Wire(NioEventLoopGroup threads, ExecutorService commands, String certificate, boolean required, Handler handler) {
        SslContext tls = certificate == null ? null : tls(certificate);
        this.commands = commands;
        this.handler = handler;
        clients = new DefaultChannelGroup(threads.next());
        server = new ServerBootstrap().group(threads).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        clients.add(channel);
                        if (tls != null) {
                            channel.pipeline().addLast(required ? tls.newHandler(channel.alloc()) : new OptionalSslHandler(tls));
                        }
                        channel.pipeline().addLast(new MongoWireReplyEncoder(), new MongoWireMessageEncoder(), new MongoWireProtocolHandler(),
                                new Door());
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
    }

    private static SslContext tls(String pem) {
        try {
            byte[] both = pem.getBytes(StandardCharsets.US_ASCII);
            return SslContextBuilder.forServer(new ByteArrayInputStream(both), new ByteArrayInputStream(both)).build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    void close() {
        server.close();
        clients.close();
    }

    private final class Door extends SimpleChannelInboundHandler<ClientRequest> {
        private final Authentication.Session session = new Authentication.Session();

        @Override
        protected void channelRead0(ChannelHandlerContext context, ClientRequest request) {
            try {
                commands.execute(() -> answer(context, request));
            } catch (RejectedExecutionException closed) {
                context.close();
            }
        }

        private void answer(ChannelHandlerContext context, ClientRequest request) {
            MessageHeader header = new MessageHeader(ids.incrementAndGet(), request.getHeader().getRequestID());
            if (request instanceof MongoMessage message) {
                Document reply = handler.handle(session, message.getDatabaseName(), message.getDocument());
                send(context, reply == null ? null : new MongoMessage(message.getChannel(), header, reply));
            } else if (request instanceof MongoQuery query) {
                Document command = query.getQuery().get("$query") instanceof Document inner ? inner : query.getQuery();
                Document reply = handler.handle(session, query.getDatabaseName(), command);
                send(context, reply == null ? null : new MongoReply(header, reply));
            }
        }

        private void send(ChannelHandlerContext context, Object reply) {
            if (reply == null) {
                context.close();
            } else {
                context.writeAndFlush(reply);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
