/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.store.RowView;
import dev.peregrine.topology.TableReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operators of which chains are made. */
final class Operators {
    private Operators() {
    }

    /** Makes one value of another. */
    record Map(Functions.Mapping<Object, Object> function) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            return value -> after.accept(function.apply(value));
        }

        @Override
        public boolean keepsValue() {
            return false;
        }
    }

    /** Makes any number of values of one. */
    record FlatMap(Functions.Mapping<Object, Iterable<Object>> function) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            return value -> {
                for (final Object each : function.apply(value)) {
                    after.accept(each);
                }
            };
        }

        @Override
        public boolean keepsValue() {
            return false;
        }
    }

    /** Lets values through. */
    record Filter(Functions.Condition<Object> condition) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            return value -> {
                if (condition.test(value)) {
                    after.accept(value);
                }
            };
        }
    }

    /** Looks at values. */
    record Peek(Functions.Action<Object> action) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            return value -> {
                action.accept(value);
                after.accept(value);
            };
        }
    }

    /** Writes values to the log of the application. */
    record Log(String label) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            final Logger logger = LoggerFactory.getLogger(FluentBuilder.class);
            return value -> {
                logger.info("{}: {}", label, value);
                after.accept(value);
            };
        }
    }

    /** Gives events a key, where they leave the chain. */
    record Key(KeyBy keyBy) implements Operator {
        @Override
        @SuppressWarnings("rawtypes")
        public Step<?> step(final Step[] next, final Flow flow) {
            return next[0];
        }

        @Override
        public boolean readsValue() {
            return false;
        }
    }

    /** Does nothing: gives values another codec or other instances. */
    record Pass() implements Operator {
        @Override
        @SuppressWarnings("rawtypes")
        public Step<?> step(final Step[] next, final Flow flow) {
            return next[0];
        }

        @Override
        public boolean readsValue() {
            return false;
        }
    }

    /** One output of a branch or split. */
    record Output(int branch) implements Operator {
        @Override
        @SuppressWarnings("rawtypes")
        public Step<?> step(final Step[] next, final Flow flow) {
            return next[0];
        }

        @Override
        public boolean readsValue() {
            return false;
        }
    }

    /**
     * Sends values to the outputs whose condition they meet.
     *
     * @param conditions one for each output but the last, if only the first is taken: that one gets the rest.
     * @param firstOnly whether a value goes to the first such output only.
     */
    record Split(java.util.List<Functions.Condition<Object>> conditions, boolean firstOnly) implements Operator {
        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Functions.Condition<Object>[] tests = conditions.toArray(new Functions.Condition[0]);
            return value -> {
                for (int i = 0; i < tests.length; i++) {
                    if (tests[i].test(value)) {
                        next[i].accept(value);
                        if (firstOnly) {
                            return;
                        }
                    }
                }
                if (firstOnly) {
                    next[tests.length].accept(value);
                }
            };
        }

        @Override
        public int fanOut() {
            return conditions.size() + (firstOnly ? 1 : 0);
        }
    }

    /** Joins values with rows of a table. */
    record Enrich(
        String table, Functions.Mapping<Object, Object> key, Codec<?> keys,
        Functions.Joining<Object, RowView, Object> function) implements Operator {
        private static final int INITIAL_LENGTH = 64;

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            final Codec<Object> codec = (Codec<Object>) flow.codecs().bind(keys);
            final TableReader reader = flow.context().tableReader(table);
            final RowView row = new RowView();
            final var scratch = new org.agrona.ExpandableDirectByteBuffer(INITIAL_LENGTH);
            return value -> {
                final int length = codec.encode(key.apply(value), scratch, 0);
                final Object result = function.apply(value, reader.getRow(scratch, 0, length, row) ? row : null);
                if (result != null) {
                    after.accept(result);
                }
            };
        }

        @Override
        public boolean keepsValue() {
            return false;
        }
    }

    /** Writes another event, and reads it with its own codec. */
    record Write(Functions.EventWriterMaker<Object> maker, Codec<?> codec) implements Operator {
        private static final int INITIAL_LENGTH = 256;

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public Step<?> step(final Step[] next, final Flow flow) {
            final Step<Object> after = next[0];
            final Functions.EventWriter<Object> writer = maker.make();
            final Codec<?> reader = flow.codecs().bind(codec);
            final var scratch = new org.agrona.ExpandableDirectByteBuffer(INITIAL_LENGTH);
            return value -> after.accept(reader.decode(scratch, 0, writer.write(value, scratch, 0)));
        }

        @Override
        public boolean keepsValue() {
            return false;
        }
    }
}
