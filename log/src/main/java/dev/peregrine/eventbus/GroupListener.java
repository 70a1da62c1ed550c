/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.eventbus;

import java.util.List;

/** Hears which partitions come and go. Called on the member's thread, within its poll, commit or close. */
public interface GroupListener {
    /** Hears nothing. */
    GroupListener NONE = new GroupListener() {
    };

    /** The member owns these partitions from now on; their records start at the group's committed place. */
    default void onAssigned(final GroupMember member, final List<Integer> partitions) {
    }

    /**
     * The member is to give these partitions up and is handed no more of their records. It may commit here; what it has
     * been handed and does not commit keeps the partition with it until it does, or until a session time-out has passed.
     * A partition that may stay after all is assigned again.
     */
    default void onRevoked(final GroupMember member, final List<Integer> partitions) {
    }
}
