/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
/** The one door to the file system: everything that opens, maps, forces, renames or deletes goes through it. */
package dev.peregrine.core.files;
