/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.topology.fluent;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names the operators that were given none: by the nearest operator before them that has a name of its own or is a stage
 * of its own, by what they do, and by a number from the second such one on. So an operator without a name that is fused
 * into a chain can come or go and no other name changes by it.
 */
final class Names {
    private final Map<Node, String> names = new IdentityHashMap<>();
    private final Set<String> taken = new HashSet<>();

    Names(final List<Node> nodes) {
        for (final Node node : nodes) {
            if (node.name != null) {
                names.put(node, node.name);
                taken.add(node.name);
            }
        }
        for (final Node node : nodes) {
            if (node.name == null) {
                names.put(node, free(node.kind == Node.Kind.SOURCE ? node.verb : base(node.parent()) + "." + node.verb));
            }
        }
    }

    private String base(final Node from) {
        Node node = from;
        while (node.name == null && (node.kind == Node.Kind.CHAINED || node.kind == Node.Kind.UNION)) {
            node = node.parent();
        }
        return names.get(node);
    }

    private String free(final String wanted) {
        String name = wanted;
        for (int i = 2; !taken.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    String of(final Node node) {
        return names.get(node);
    }
}
