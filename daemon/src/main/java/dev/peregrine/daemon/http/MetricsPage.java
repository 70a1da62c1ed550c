/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon.http;

import dev.peregrine.Metric;
import dev.peregrine.Peregrine;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** The engine's figures in Prometheus' text format. Used by the listener's one thread. */
final class MetricsPage {
    private final Peregrine engine;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, AtomicReference<Double>> values = new HashMap<>();

    MetricsPage(final Peregrine engine) {
        this.engine = engine;
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
    }

    String render() {
        for (final Metric metric : engine.metrics()) {
            values.computeIfAbsent(metric.name() + metric.labels(), key -> register(metric)).set(metric.value());
        }
        return registry.scrape();
    }

    private AtomicReference<Double> register(final Metric metric) {
        final AtomicReference<Double> value = new AtomicReference<>(metric.value());
        final List<Tag> tags =
            metric.labels().entrySet().stream().map(label -> Tag.of(label.getKey(), label.getValue())).toList();
        if (metric.counter()) {
            FunctionCounter.builder(metric.name(), value, AtomicReference::get)
                .description(metric.help()).tags(tags).register(registry);
        } else {
            Gauge.builder(metric.name(), value, AtomicReference::get)
                .description(metric.help()).tags(tags).register(registry);
        }
        return value;
    }
}
