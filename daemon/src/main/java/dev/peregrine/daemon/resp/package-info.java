/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** RESP: what Redis clients read tables and caches with. */
package dev.peregrine.daemon.resp;
