package org.privateproving.domain;

/**
 * Marks the messages that travel between the nodes of a cluster as Jackson CBOR. Journal events are
 * not among them: they have a serializer of their own, since they outlive every release.
 */
public interface CborSerializable {}
