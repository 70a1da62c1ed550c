/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.StageSupplier;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the stage that a chain of operators becomes.
 *
 * @param codec how the values that come are read.
 * @param root the operator that comes first.
 */
record Chain(Codec<?> codec, Link root) implements StageSupplier {
    /**
     * An operator of a chain, with what follows it.
     *
     * @param operator what it does.
     * @param next the operators that read it.
     * @param leaves where its values leave the chain.
     */
    record Link(Operator operator, List<Link> next, List<Leaf> leaves) implements java.io.Serializable {
        private boolean readsValue() {
            return operator.readsValue() || leaves.stream().anyMatch(Leaf::readsValue)
                || next.stream().anyMatch(Link::readsValue);
        }

        @SuppressWarnings("unchecked")
        private Step<Object> step(final Flow flow) {
            final Step<Object>[] outputs = new Step[operator.fanOut()];
            for (int branch = 0; branch < outputs.length; branch++) {
                final List<Step<Object>> readers = new ArrayList<>();
                for (final Link link : next) {
                    if (link.operator.branch() == branch) {
                        readers.add(link.step(flow));
                    }
                }
                if (operator.fanOut() == 1) {
                    leaves.forEach(leaf -> readers.add(leaf.step(flow)));
                }
                outputs[branch] = all(readers);
            }
            return (Step<Object>) operator.step(outputs, flow);
        }

        private static Step<Object> all(final List<Step<Object>> readers) {
            if (readers.size() == 1) {
                return readers.get(0);
            }
            @SuppressWarnings("unchecked")
            final Step<Object>[] each = readers.toArray(new Step[0]);
            return value -> {
                for (int i = 0; i < each.length; i++) {
                    each[i].accept(value);
                }
            };
        }
    }

    @Override
    public Stage get() {
        return new ChainStage(this);
    }

    /** One instance's. */
    private static final class ChainStage implements Stage {
        private final Chain chain;
        private final boolean readsValue;
        private Codec<?> codec;
        private Flow flow;
        private Step<Object> first;

        private ChainStage(final Chain chain) {
            this.chain = chain;
            this.readsValue = chain.root().readsValue();
        }

        @Override
        public void open(final StageContext context) {
            flow = new Flow(context);
            codec = flow.codecs().bind(chain.codec());
            first = chain.root().step(flow);
        }

        @Override
        public void onEvent(final EventView event, final Emitter out) {
            flow.begin(event, out);
            first.accept(readsValue ? codec.decode(event.buffer(), event.offset(), event.length()) : null);
        }
    }
}
