/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.ads;

/**
 * A line of a data file that is no row.
 *
 * @param file name of the file.
 * @param lineNumber its number, the header being line 1.
 * @param cause what is wrong with it.
 * @param text the line's fields as they were read.
 */
record MalformedLine(String file, long lineNumber, String cause, String text) {
    @Override
    public String toString() {
        return file + " line " + lineNumber + ": " + cause;
    }
}
