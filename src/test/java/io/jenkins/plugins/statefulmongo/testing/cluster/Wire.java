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
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

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

    Wire(NioEventLoopGroup threads, ExecutorService commands, Handler handler) {
        this.commands = commands;
        this.handler = handler;
        clients = new DefaultChannelGroup(threads.next());
        server = new ServerBootstrap().group(threads).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        clients.add(channel);
                        channel.pipeline().addLast(new MongoWireReplyEncoder(), new MongoWireMessageEncoder(), new MongoWireProtocolHandler(),
                                new Door());
                    }
                }).bind(new InetSocketAddress("127.0.0.1", 0)).syncUninterruptibly().channel();
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
