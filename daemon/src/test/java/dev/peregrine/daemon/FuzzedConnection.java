/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;

/** Feeds bytes to a listener's handlers as a network would, and watches what they hold and answer. */
public final class FuzzedConnection {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final StringBuilder received = new StringBuilder();
    private long mostHeld;

    /** Connects to handlers that are added to the pipeline given. */
    public FuzzedConnection(final Consumer<ChannelPipeline> handlers) {
        channel.config().setAllocator(allocator);
        handlers.accept(channel.pipeline());
    }

    /** Valid requests with bytes changed, cut out, doubled or put in; or nothing but noise. */
    public static byte[] mutate(final Random random, final String... valid) {
        if (random.nextInt(4) == 0) {
            final byte[] noise = new byte[random.nextInt(600)];
            random.nextBytes(noise);
            return noise;
        }
        final StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(valid[random.nextInt(valid.length)]);
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            final int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0:
                    text.setCharAt(at, (char) random.nextInt(256));
                    break;
                case 1:
                    text.delete(at, Math.min(text.length() - 1, at + 1 + random.nextInt(8)));
                    break;
                case 2:
                    text.insert(at, text.substring(at, Math.min(text.length(), at + 1 + random.nextInt(30))));
                    break;
                default:
                    text.insert(at, "$*-+:\r\n0123456789 \0/".charAt(random.nextInt(20)));
                    break;
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sends bytes in pieces of random length, as long as the other side listens. */
    public void send(final Random random, final byte[] bytes) {
        int at = 0;
        while (at < bytes.length && channel.isOpen()) {
            final int length = Math.min(bytes.length - at, 1 + random.nextInt(64));
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
            at += length;
            mostHeld = Math.max(mostHeld, allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory());
            for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
                received.append(next.toString(StandardCharsets.ISO_8859_1));
                next.release();
            }
        }
    }

    /** Whether the connection is open. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** What was answered. */
    public String received() {
        return received.toString();
    }

    /** The most bytes that were held at a time. */
    public long mostHeld() {
        return mostHeld;
    }

    /** Closes; returns the bytes that are held even now. Throws what has reached the end of the pipeline. */
    public long close() {
        channel.finishAndReleaseAll();
        channel.checkException();
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }
}
