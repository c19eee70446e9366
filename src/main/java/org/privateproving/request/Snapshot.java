package org.privateproving.request;

import org.privateproving.domain.CborSerializable;
import org.privateproving.domain.RequestId;

/** One request at one moment. */
public record Snapshot(RequestId id, State state) implements CborSerializable {}
