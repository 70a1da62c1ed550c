/*
 * Copyright 2026 The Peregrine Authors
 * Licensed under the Apache License, Version 2.0; see the LICENSE file.
 */
package dev.peregrine.apps.nexmark;

import dev.peregrine.apps.nexmark.codec.AuctionDecoder;
import dev.peregrine.apps.nexmark.codec.LocalItemEncoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderDecoder;
import dev.peregrine.apps.nexmark.codec.MessageHeaderEncoder;
import dev.peregrine.apps.nexmark.codec.PersonDecoder;
import dev.peregrine.topology.Emitter;
import dev.peregrine.topology.EventView;
import dev.peregrine.topology.Stage;
import dev.peregrine.topology.StageContext;
import dev.peregrine.topology.state.KeyedValueState;
import org.agrona.MutableDirectBuffer;

/**
 * Query 3: who sells in Oregon, Idaho or California in category 10, and which auctions? Joins auctions with persons on
 * the seller; either may come first, and is kept: of persons from elsewhere, only that they are. Keyed by the person.
 */
final class LocalItemStage implements Stage {
    private static final long CATEGORY = 10;
    private static final int STATE_LENGTH = PersonDecoder.stateLength();

    /** A person: whether known and local, its state, name and city. */
    private static final int STANDING = 0;
    private static final byte KNOWN = 1;
    private static final byte LOCAL = 2;
    private static final int STATE = STANDING + 1;
    private static final int NAME_LENGTH = STATE + STATE_LENGTH;
    private static final int NAME = NAME_LENGTH + 1;
    private static final int MAX_TEXT = 58;
    private static final int CITY_LENGTH = NAME + MAX_TEXT;
    private static final int CITY = CITY_LENGTH + 1;
    private static final int PERSON_LENGTH = CITY + MAX_TEXT + 1;

    private final PersonDecoder person = new PersonDecoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final LocalItemEncoder result = new LocalItemEncoder();
    private final MessageHeaderEncoder resultHeader = new MessageHeaderEncoder();
    private final PairKey key = new PairKey();
    private KeyedValueState persons;
    /** Per seller, how many of its auctions came before it; and these auctions, by seller and number. */
    private KeyedValueState waitingCounts;
    private KeyedValueState waiting;

    @Override
    public void open(final StageContext context) {
        persons = context.valueState("persons", Long.BYTES, PERSON_LENGTH);
        waitingCounts = context.valueState("waiting-counts", Long.BYTES, Long.BYTES);
        waiting = context.valueState("waiting", PairKey.LENGTH, Long.BYTES);
    }

    @Override
    public void onEvent(final EventView event, final Emitter out) {
        if (event.templateId() == AuctionDecoder.TEMPLATE_ID) {
            onAuction(event, out);
        } else {
            onPerson(event, out);
        }
    }

    private void onAuction(final EventView event, final Emitter out) {
        if (Fields.get(event, Fields.AUCTION_CATEGORY) != CATEGORY) {
            return;
        }
        final long auction = Fields.get(event, Fields.AUCTION_ID);
        final long seller = Fields.get(event, Fields.AUCTION_SELLER);
        final int at = persons.get(seller);
        if (at == KeyedValueState.MISSING) {
            final int count = waitingCounts.getOrCreate(seller);
            final long number = waitingCounts.buffer().getLong(count);
            waitingCounts.buffer().putLong(count, number + 1);
            final int value = waiting.getOrCreate(key.of(seller, number), 0, PairKey.LENGTH);
            waiting.buffer().putLong(value, auction);
        } else if (persons.buffer().getByte(at + STANDING) == LOCAL) {
            emit(auction, at, event, out);
        }
    }

    private void onPerson(final EventView event, final Emitter out) {
        person.wrapAndApplyHeader(event.buffer(), event.offset(), header);
        final long id = person.id();
        final int at = persons.getOrCreate(id);
        final MutableDirectBuffer buffer = persons.buffer();
        final boolean local = isLocal(person.state(0), person.state(1));
        buffer.putByte(at + STANDING, local ? LOCAL : KNOWN);
        if (local) {
            buffer.putByte(at + STATE, person.state(0));
            buffer.putByte(at + STATE + 1, person.state(1));
            final int nameLength = checked(person.nameLength());
            buffer.putByte(at + NAME_LENGTH, (byte) nameLength);
            person.getName(buffer, at + NAME, nameLength);
            person.skipEmailAddress();
            person.skipCreditCard();
            final int cityLength = checked(person.cityLength());
            buffer.putByte(at + CITY_LENGTH, (byte) cityLength);
            person.getCity(buffer, at + CITY, cityLength);
        }
        final int count = waitingCounts.get(id);
        if (count != KeyedValueState.MISSING) {
            final long auctions = waitingCounts.buffer().getLong(count);
            for (long number = 0; number < auctions; number++) {
                if (local) {
                    final int value = waiting.get(key.of(id, number), 0, PairKey.LENGTH);
                    emit(waiting.buffer().getLong(value), at, event, out);
                }
                waiting.remove(key.of(id, number), 0, PairKey.LENGTH);
            }
            waitingCounts.remove(key.of(id), 0, Long.BYTES);
        }
    }

    private static int checked(final int length) {
        if (length > MAX_TEXT) {
            throw new IllegalArgumentException("a name or city of " + length + " bytes is longer than " + MAX_TEXT);
        }
        return length;
    }

    private static boolean isLocal(final byte first, final byte second) {
        return first == 'O' && second == 'R' || first == 'I' && second == 'D' || first == 'C' && second == 'A';
    }

    private void emit(final long auction, final int at, final EventView event, final Emitter out) {
        final MutableDirectBuffer buffer = persons.buffer();
        final int nameLength = buffer.getByte(at + NAME_LENGTH);
        final int cityLength = buffer.getByte(at + CITY_LENGTH);
        final int target = out.claim(MessageHeaderEncoder.ENCODED_LENGTH + LocalItemEncoder.BLOCK_LENGTH
            + LocalItemEncoder.nameHeaderLength() + nameLength + LocalItemEncoder.cityHeaderLength() + cityLength);
        result.wrapAndApplyHeader(out.buffer(), target, resultHeader)
            .auction(auction)
            .state(0, buffer.getByte(at + STATE))
            .state(1, buffer.getByte(at + STATE + 1))
            .putName(buffer, at + NAME, nameLength)
            .putCity(buffer, at + CITY, cityLength);
        out.commit(event.keyHash(), event.timestampNs(), LocalItemEncoder.SCHEMA_ID, LocalItemEncoder.TEMPLATE_ID);
    }
}
