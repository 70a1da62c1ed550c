/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** SBE schemas of records: read, checked, kept as IR and compared; records are shown as JSON and made of it by them. */
package dev.peregrine.codec.schema;
