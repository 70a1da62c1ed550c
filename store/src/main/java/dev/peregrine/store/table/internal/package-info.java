/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** Tables on Chronicle Map and their change logs. Private to the module. */
package dev.peregrine.store.table.internal;
