/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The codecs that come with the engine. */
public final class Codecs {
    private Codecs() {
    }

    /** UTF-8 text, without a length. A decoded text costs three allocations, an encoded one that is not ASCII one. */
    public static Codec<String> text() {
        return TextCodec.INSTANCE;
    }

    /** Bytes as they are. A decoded value is a new array. */
    public static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }

    /** A whole number of eight bytes in the order of the machine. Numbers beyond a byte are boxed: 16 bytes each. */
    public static Codec<Long> longs() {
        return LongCodec.INSTANCE;
    }

    /** A floating-point number of eight bytes in the order of the machine. Each is boxed: 16 bytes. */
    public static Codec<Double> doubles() {
        return DoubleCodec.INSTANCE;
    }

    /**
     * JSON, by Jackson, which must then be on the class path. Properties and map keys are written in the order of the
     * alphabet, so that equal values have equal bytes. Costs what Jackson does: some microseconds and hundreds of bytes an
     * event.
     */
    public static <T> Codec<T> json(final Class<T> type) {
        return new JsonCodec<>(Objects.requireNonNull(type));
    }

    /** A pair: the bytes of the value, those of the key, and the length of the key (i32). Costs the pair's own 24 bytes. */
    public static <K, V> Codec<Pair<K, V>> pair(final Codec<K> key, final Codec<V> value) {
        return new PairCodec<>(key, value);
    }

    /**
     * A flyweight, e.g. a decoder made by SBE, that is laid over each event where it lies: nothing is copied or allocated.
     * It is valid during the call only and cannot be kept; it can be sent on as it came, but not changed. See
     * {@link Streamlet#write} for making events of this kind.
     *
     * <pre>{@code
     * Codec<BidDecoder> bids = Codecs.flyweight(BidDecoder.SCHEMA_ID, BidDecoder.TEMPLATE_ID, () -> {
     *     BidDecoder bid = new BidDecoder();
     *     MessageHeaderDecoder header = new MessageHeaderDecoder();
     *     return (buffer, offset, length) -> bid.wrapAndApplyHeader(buffer, offset, header);
     * });
     * }</pre>
     *
     * @param schemaId schema id that events carry which are made with it.
     * @param templateId their template id.
     * @param maker makes a flyweight for each user.
     */
    public static <F> Codec<F> flyweight(
        final int schemaId, final int templateId, final FlyweightMaker<F> maker) {
        return new FlyweightCodec<>(schemaId, templateId, maker);
    }

    /** Makes a wrapper with a flyweight of its own. */
    @FunctionalInterface
    public interface FlyweightMaker<F> extends java.io.Serializable {
        /** A new one, to be used by one thread. */
        FlyweightWrapper<F> make();
    }

    /** Lays a flyweight over bytes. */
    @FunctionalInterface
    public interface FlyweightWrapper<F> {
        /** Returns the flyweight, always the same, over these bytes. */
        F wrap(DirectBuffer buffer, int offset, int length);
    }

    /** UTF-8. */
    private enum TextCodec implements Codec<String> {
        INSTANCE;

        private static final int ASCII = 0x80;

        @Override
        public String decode(final DirectBuffer buffer, final int offset, final int length) {
            return buffer.getStringWithoutLengthUtf8(offset, length);
        }

        @Override
        public int encode(final String value, final MutableDirectBuffer into, final int offset) {
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) >= ASCII) {
                    return into.putStringWithoutLengthUtf8(offset, value);
                }
            }
            return into.putStringWithoutLengthAscii(offset, value);
        }
    }

    /** Arrays. */
    private enum BytesCodec implements Codec<byte[]> {
        INSTANCE;

        @Override
        public byte[] decode(final DirectBuffer buffer, final int offset, final int length) {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            return bytes;
        }

        @Override
        public int encode(final byte[] value, final MutableDirectBuffer into, final int offset) {
            into.putBytes(offset, value);
            return value.length;
        }
    }

    /** Whole numbers. */
    private enum LongCodec implements Codec<Long> {
        INSTANCE;

        @Override
        public Long decode(final DirectBuffer buffer, final int offset, final int length) {
            return buffer.getLong(offset);
        }

        @Override
        public int encode(final Long value, final MutableDirectBuffer into, final int offset) {
            into.putLong(offset, value);
            return Long.BYTES;
        }
    }

    /** Floating-point numbers. */
    private enum DoubleCodec implements Codec<Double> {
        INSTANCE;

        @Override
        public Double decode(final DirectBuffer buffer, final int offset, final int length) {
            return buffer.getDouble(offset);
        }

        @Override
        public int encode(final Double value, final MutableDirectBuffer into, final int offset) {
            into.putDouble(offset, value);
            return Double.BYTES;
        }
    }
}
