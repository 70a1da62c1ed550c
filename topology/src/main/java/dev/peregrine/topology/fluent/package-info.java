/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/**
 * Topologies of typed streams: {@code map, filter, flatMap, keyBy, count} and the like over values, in the manner of
 * Heron's Streamlet API, Flink and Kafka Streams.
 *
 * <p>Start with {@link dev.peregrine.topology.fluent.FluentBuilder}. What is written down is compiled to a
 * {@link dev.peregrine.topology.Topology}, and runs as one written with
 * {@link dev.peregrine.topology.TopologyBuilder} does.
 */
package dev.peregrine.topology.fluent;
