/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A Redis client of a few lines: sends inline commands, reads replies. */
public final class TinyRedisClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    private final Socket socket;
    private final BufferedReader in;

    /** Connects to a port of this machine. */
    public TinyRedisClient(final int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Sends a command; returns its reply as lines, each bulk string, number or status being one. */
    public List<String> ask(final String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
        final List<String> reply = new ArrayList<>();
        read(reply);
        return reply;
    }

    private void read(final List<String> into) throws IOException {
        final String line = in.readLine();
        if (line == null) {
            throw new IOException("the connection was closed");
        }
        final String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '*':
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    read(into);
                }
                break;
            case '$':
                if (!"-1".equals(rest)) {
                    final char[] text = new char[Integer.parseInt(rest)];
                    for (int at = 0; at < text.length;) {
                        at += in.read(text, at, text.length - at);
                    }
                    in.readLine();
                    into.add(new String(text));
                }
                break;
            default:
                into.add(rest);
                break;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
