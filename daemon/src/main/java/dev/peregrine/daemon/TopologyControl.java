/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import dev.peregrine.Peregrine;
import dev.peregrine.Savepoint;
import dev.peregrine.core.config.KnownKeys;
import dev.peregrine.core.error.ConfigurationException;
import dev.peregrine.core.error.PeregrineException;
import dev.peregrine.daemon.control.ControlCall;
import dev.peregrine.daemon.control.ControlCommand;
import dev.peregrine.daemon.control.ControlReply;
import dev.peregrine.daemon.control.ControlRequest;
import dev.peregrine.topology.RunningTopology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Does with the topologies of a daemon what the control socket asks for. Safe for many threads. */
final class TopologyControl implements Function<ControlCall, ControlReply> {
    private final Peregrine engine;
    private final TopologyLoader loader;
    private final Consumer<String> log;

    TopologyControl(final Peregrine engine, final TopologyLoader loader, final Consumer<String> log) {
        this.engine = engine;
        this.loader = loader;
        this.log = log;
    }

    @Override
    public ControlReply apply(final ControlCall call) {
        final ControlRequest request = call.request();
        final ControlCommand command = ControlCommand.of(request.command());
        if (command == null) {
            return ControlReply.refused("there is no command '" + request.command() + "'"
                + KnownKeys.hint(String.valueOf(request.command()), ControlCommand.names()));
        }
        try {
            final ControlReply reply = perform(command, call);
            if (reply.ok() && command != ControlCommand.LIST && command != ControlCommand.DESCRIBE
                && command != ControlCommand.SAVEPOINTS && !request.dryRun()) {
                log.accept("control: " + reply.text().lines().findFirst().orElse(""));
            }
            return reply;
        } catch (final PeregrineException | ConfigException | IllegalArgumentException e) {
            return ControlReply.refused(e.getMessage());
        }
    }

    private ControlReply perform(final ControlCommand command, final ControlCall call) {
        final ControlRequest request = call.request();
        switch (command) {
            case LIST:
                return list();
            case SAVEPOINTS:
                return savepoints();
            case DELETE_SAVEPOINT:
                engine.deleteSavepoint(given(request.savepoint(), "savepoint"));
                return ControlReply.done("deleted savepoint " + request.savepoint());
            case SUBMIT:
                return submit(request);
            default:
                break;
        }
        final RunningTopology topology = topology(given(request.topology(), "topology"));
        switch (command) {
            case DESCRIBE:
                return TopologyReport.describe(topology);
            case ACTIVATE:
                topology.active(true);
                return ControlReply.done("topology " + topology.name() + " reads its sources");
            case DEACTIVATE:
                topology.active(false);
                return ControlReply.done("topology " + topology.name() + " no longer reads its sources; the log keeps what"
                    + " comes");
            case UPDATE:
                return update(topology, request);
            case RESTART:
                return ControlReply.done("topology " + engine.restartTopology(topology.name()).name()
                    + " was stopped at a commit and goes on from there");
            case DRAIN:
                return drain(topology, call);
            case SAVEPOINT:
                return savepoint(topology, given(request.savepoint(), "savepoint"));
            case KILL:
                engine.killTopology(topology.name());
                return ControlReply.done("topology " + topology.name() + " is stopped, and its state and its places are"
                    + " forgotten; tables and streams keep what it wrote");
            default:
                throw new IllegalArgumentException(command.text());
        }
    }

    private static String given(final String value, final String what) {
        if (value == null || value.isEmpty()) {
            throw new ConfigurationException("the request names no " + what);
        }
        return value;
    }

    private RunningTopology topology(final String name) {
        final List<String> names = engine.topologies().stream().map(RunningTopology::name).toList();
        if (!names.contains(name)) {
            throw new ConfigurationException("there is no topology '" + name + "'"
                + (names.isEmpty() ? "; none was submitted" : KnownKeys.hint(name, names)));
        }
        return engine.topology(name);
    }

    private ControlReply list() {
        final StringBuilder text = new StringBuilder();
        final List<Map<String, Object>> data = new ArrayList<>();
        text.append(String.format(Locale.ROOT, "%-24s %-10s %16s %14s  %s%n",
            "topology", "state", "events committed", "lag bytes", "what stands out"));
        for (final RunningTopology topology : engine.topologies()) {
            final Map<String, Object> row = TopologyReport.summary(topology);
            data.add(row);
            text.append(String.format(Locale.ROOT, "%-24s %-10s %,16d %,14d  %s%n", topology.name(), row.get("state"),
                topology.eventsCommitted(), topology.lagBytes(), TopologyReport.remark(topology)).stripTrailing())
                .append(System.lineSeparator());
        }
        return new ControlReply(true, text.toString(), data);
    }

    private ControlReply savepoints() {
        final StringBuilder text = new StringBuilder(
            String.format(Locale.ROOT, "%-24s %-24s %-28s %14s%n", "savepoint", "topology", "created", "bytes"));
        final List<Map<String, Object>> data = new ArrayList<>();
        for (final Savepoint savepoint : engine.savepoints()) {
            text.append(String.format(Locale.ROOT, "%-24s %-24s %-28s %,14d%n", savepoint.name(), savepoint.topology(),
                savepoint.created(), savepoint.bytes()));
            final Map<String, Object> row = new LinkedHashMap<>();
            row.put("savepoint", savepoint.name());
            row.put("topology", savepoint.topology());
            row.put("created", savepoint.created().toString());
            row.put("epoch", savepoint.epoch());
            row.put("bytes", savepoint.bytes());
            data.add(row);
        }
        return new ControlReply(true, text.toString(), data);
    }

    private ControlReply submit(final ControlRequest request) {
        final String name = given(request.topology(), "topology");
        final boolean inFile = request.config() == null;
        final String path = (inFile ? "peregrine.topologies." : "") + name;
        try (TopologyLoader.Loaded loaded = loader.load(name, inFile ? ofFile(name) : parsed(request.config()), path)) {
            if (request.dryRun()) {
                return ControlReply.done(dryRun(name, engine.plan(loaded.topology())));
            }
            final RunningTopology topology = request.savepoint() == null
                ? engine.submit(loaded.topology()) : engine.submit(loaded.topology(), request.savepoint());
            loaded.keep();
            return ControlReply.done("topology " + name + " runs"
                + (request.savepoint() == null ? "" : " from savepoint " + request.savepoint())
                + (inFile ? "" : "; it is not from the daemon's config file, so a restart does not start it so")
                + System.lineSeparator() + topology.plan());
        }
    }

    private String dryRun(final String name, final String plan) {
        final StringBuilder text = new StringBuilder();
        engine.topologies().stream().filter(each -> each.name().equals(name)).findFirst()
            .ifPresent(present -> text.append("now:\n").append(present.plan()).append("after it is submitted:\n"));
        return text.append(plan).append("nothing was started: a dry run\n").toString();
    }

    private Config ofFile(final String name) {
        final Config all = engine.config().getConfig("peregrine.topologies");
        if (!all.root().containsKey(name)) {
            throw new ConfigurationException("the daemon's config file has no topology '" + name + "'"
                + (all.root().isEmpty() ? "; it has none" : KnownKeys.hint(name, all.root().keySet()))
                + ": say --class, or --config");
        }
        return all.getConfig(ConfigUtil.joinPath(name));
    }

    /** As JSON, which has no includes. */
    private static Config parsed(final String config) {
        return ConfigFactory.parseString(config, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON)
            .setOriginDescription("the submitted settings"));
    }

    private ControlReply update(final RunningTopology topology, final ControlRequest request) {
        final Map<String, Integer> parallelism = request.parallelism();
        if (parallelism == null || parallelism.isEmpty() || parallelism.containsValue(null)) {
            throw new ConfigurationException("the request names no component and its number of instances");
        }
        if (request.dryRun()) {
            return ControlReply.done(
                engine.planUpdate(topology.name(), parallelism) + "nothing was changed: a dry run\n");
        }
        final RunningTopology updated = engine.updateTopology(topology.name(), parallelism);
        return ControlReply.done("topology " + topology.name() + " goes on with " + parallelism
            + "; a restart of the daemon goes by its config file" + System.lineSeparator() + updated.plan());
    }

    private ControlReply drain(final RunningTopology topology, final ControlCall call) {
        if (!topology.isActive() && topology.lagBytes() > 0) {
            throw new ConfigurationException("topology " + topology.name() + " does not read its sources, so what is"
                + " published would never be done with: activate it first");
        }
        if (!call.await(topology::awaitDrained)) {
            return ControlReply.refused("topology " + topology.name() + " runs on: nobody waited for it to be drained");
        }
        topology.close();
        return ControlReply.done("topology " + topology.name() + " has done with all that was published, and is stopped;"
            + " 'restart' lets it go on");
    }

    private ControlReply savepoint(final RunningTopology topology, final String name) {
        final Savepoint savepoint = engine.savepoint(topology.name(), name);
        return ControlReply.done(String.format(Locale.ROOT, "savepoint %s of topology %s, %,d bytes", savepoint.name(),
            savepoint.topology(), savepoint.bytes()));
    }
}
