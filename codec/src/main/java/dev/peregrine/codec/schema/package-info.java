/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** SBE schemas of records: read, checked and compared. */
package dev.peregrine.codec.schema;
