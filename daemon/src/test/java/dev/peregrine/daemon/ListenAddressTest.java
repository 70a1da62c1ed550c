/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.peregrine.core.error.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:80", "localhost:0", "[::1]:65535", "127.1.2.3:8080"})
    void shouldTakeLoopbackAddresses(final String text) {
        assertThat(ListenAddress.parse("http", text).getAddress().isLoopbackAddress()).isTrue();
    }

    @Test
    void shouldReadThePort() {
        assertThat(ListenAddress.parse("http", "[::1]:65535").getPort()).isEqualTo(65_535);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[2001:db8::1]:80"})
    void shouldRefuseOthers(final String text) {
        assertThatThrownBy(() -> ListenAddress.parse("peregrine.listeners.http", text))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("peregrine.listeners.http = \"" + text)
            .hasMessageContaining("not a loopback address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:65536",
        "127.0.0.1:x", "a.name:80", "[127.0.0.1:80", "127.0.0.1.5:80"})
    void shouldRefuseWhatIsNoAddress(final String text) {
        assertThatThrownBy(() -> ListenAddress.parse("http", text))
            .isInstanceOf(ConfigurationException.class).hasMessageContaining("is no address");
    }
}
