/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** How fast is the log, and how soon is a record read? */
package dev.peregrine.bench.log;
