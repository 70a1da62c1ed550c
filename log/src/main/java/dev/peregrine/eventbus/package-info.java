/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Streams, publishers and subscriptions over partition logs. Start at {@link dev.peregrine.eventbus.EventBus}. */
package dev.peregrine.eventbus;
