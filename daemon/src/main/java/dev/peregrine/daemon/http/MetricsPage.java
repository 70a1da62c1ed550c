/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import dev.peregrine.Metric;
import dev.peregrine.Peregrine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** The engine's figures in Prometheus' text format. Used by the listener's one thread. */
final class MetricsPage {
    private final Peregrine engine;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Shown> shown = new HashMap<>();

    /** A figure of the page; one whose stream, group or client is gone is taken off it. */
    private record Shown(AtomicReference<Double> value, Meter meter) {
    }

    MetricsPage(final Peregrine engine) {
        this.engine = engine;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
    }

    String render() {
        final Set<String> present = new HashSet<>();
        for (final Metric metric : engine.metrics()) {
            final String key = metric.name() + new TreeMap<>(metric.labels());
            present.add(key);
            shown.computeIfAbsent(key, missing -> register(metric)).value().set(metric.value());
        }
        shown.entrySet().removeIf(each -> {
            final boolean gone = !present.contains(each.getKey());
            if (gone) {
                registry.remove(each.getValue().meter());
            }
            return gone;
        });
        return registry.scrape();
    }

    private Shown register(final Metric metric) {
        final AtomicReference<Double> value = new AtomicReference<>(metric.value());
        final List<Tag> tags =
            metric.labels().entrySet().stream().map(label -> Tag.of(label.getKey(), label.getValue())).toList();
        if (metric.counter()) {
            return new Shown(value, FunctionCounter.builder(metric.name(), value, AtomicReference::get)
                .description(metric.help()).tags(tags).register(registry));
        }
        return new Shown(value, Gauge.builder(metric.name(), value, AtomicReference::get)
            .description(metric.help()).tags(tags).register(registry));
    }
}
